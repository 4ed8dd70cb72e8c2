import { MAX_AGE_MS, MAX_AHEAD_MS } from "./timestamp.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How many days each table's rows are kept, by default; `data` is the content of updates, which is blanked while
 * its row stays. The setting `RETENTION_DAYS` changes some of them. Suppressions stay for good.
 */
export const DEFAULT_RETENTION = {
  deliveries: 402,
  attempts: 402,
  logs: 400,
  logs_failure: 400,
  receipts: 400,
  reconciliations: 400,
  gateway_changes: 400,
  inbound: 30,
  data: 30,
};

export type Retained = keyof typeof DEFAULT_RETENTION;

export type Retention = Record<Retained, number>;

export const RETAINED = Object.keys(DEFAULT_RETENTION) as Retained[];

/** Nothing is under way for longer: an expiry is at most 7 days, and a hold follows. */
const LEAST_WHILE_UNDER_WAY = 14;

/**
 * The fewest days that rows must be kept. An update may be dated `MAX_AHEAD_MS` ahead, and its repeat is refused
 * only once that date is `MAX_AGE_MS` ago: a row that went before would make a duplicate new. One more day
 * because clocks differ.
 */
export function leastDays(what: Retained): number {
  switch (what) {
    case "deliveries":
      return Math.ceil((MAX_AHEAD_MS + MAX_AGE_MS) / DAY_MS) + 1;
    case "attempts":
    case "receipts":
    case "reconciliations":
    case "data":
      return LEAST_WHILE_UNDER_WAY;
    case "logs":
    case "logs_failure":
    case "gateway_changes":
    case "inbound":
      return 1;
  }
}

/** A span of time, `to` not included, in ms since the epoch. */
export type Span = { from: number; to: number };

/**
 * The days in which content is looked for that is to be blanked: the one that has just become old enough, and one
 * of the earlier days in turn, so that what was missed is found without remembering how far one came.
 */
export function spansToBlank(now: number, { data, deliveries }: Retention): Span[] {
  const newest = now - data * DAY_MS;
  const turn = Math.floor(now / HOUR_MS) % Math.max(1, deliveries - data);
  return [...new Set([turn, 0])].map((day) => ({ from: newest - (day + 1) * DAY_MS, to: newest - day * DAY_MS }));
}

/** Every id made before an instant (ms since the epoch) sorts before this text: UUIDv7 begins with its time. */
export function idsBefore(prefix: "dlv" | "att", instant: number): string {
  return `${prefix}_${Math.max(0, instant).toString(16).padStart(12, "0")}`;
}

/** Before this instant rows of a table are old, by our own clock, in ms since the epoch. */
export function oldBefore(now: number, days: number): number {
  return now - days * DAY_MS;
}

/** Old rows go once an hour: in the cron run of the full hour. */
export function isPurgeTime(scheduledAt: number): boolean {
  return Math.floor(scheduledAt / 60_000) % 60 === 0;
}
