import { DEFAULT_TIMES, type Times } from "../../src/domain/times.ts";

/** The protocol's durations, shrunk alike, so that leases, look-ups and outages fit into a run of a minute. */
export const TIMES: Times = {
  ...DEFAULT_TIMES,
  lease: 4_000,
  callTimeout: 1_200,
  recordEvery: 500,
  silentAfter: 1_500,
  ringAgain: 2_000,
  ringAgainLongest: 8_000,
  retry: 400,
  retryLongest: 2_000,
  retryShortest: 100,
  retryAfterLongest: 2_000,
  waitForSibling: 300,
  givesWay: 15_000,
  expires: 3_600_000,
  hold: 120_000,
  lookAgain: 2_000,
  eventsSilent: 12_000,
  receiptLate: 10_000,
  healthWindow: 4_000,
  healthRest: 1_500,
  sweepEvery: 1_000,
};

/**
 * How long a process is frozen, in ms: longer than a lease, so that others take its deliveries up meanwhile,
 * and shorter than it takes to prove an absence.
 *
 * The promise has one honest residue: a process that freezes between its last check and its socket write, for
 * longer than the rest of its lease, calls late. At that check a lease lasts at least `callTimeout`; a look-up
 * proves absence at the earliest two `lookAgain` after its end. A freeze that ends before then cannot bring a
 * second acceptance, and a longer one could only through that residue, which no checker can tell from a bug.
 */
export function pauseBounds({ lease, callTimeout, lookAgain }: Times): { least: number; most: number } {
  return { least: lease + 200, most: callTimeout + 2 * lookAgain - 200 };
}

/** The same holds for what a provider hides from look-ups: it has to show before the second look. */
export function longestLookupLag({ lookAgain }: Times): number {
  return lookAgain;
}
