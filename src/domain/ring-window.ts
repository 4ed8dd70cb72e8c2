import { LANES, type Lane } from "./lane.ts";

/** A row that was rung for and, as far as is known, not heard yet. `rungAt`: ms on the ringer's clock. */
export type Rung = { lane: Lane; enterpriseId: string; deliveryId: string; rungAt: number };

/**
 * How many rows of one lane may be rung for and not heard yet (`size`), and those that are. New bells follow as
 * fast as consumers claim what the earlier ones named, so a backlog is neither rung into an avalanche nor drip-fed.
 */
export type RingWindow = { size: number; open: Rung[] };

export type RingWindows = ReadonlyMap<Lane, RingWindow>;

/** A run begins with so many rows per lane: some batches' worth, whatever comes of them. */
export const FIRST_SIZE = 500;

/** While nobody listens, so few are tried. */
export const LEAST_SIZE = 50;

/** With two looks in each second, enough to ring for 8,000 rows/s of one lane; their ids are below 1 MB of memory. */
export const MOST_SIZE = 4_000;

/** The windows with which a run begins: nothing is known of earlier bells. */
export function newWindows(): RingWindows {
  return new Map(LANES.map((lane) => [lane, { size: FIRST_SIZE, open: [] }]));
}

/**
 * The window after a look at which of its rows were not heard yet. It doubles when it was full and nearly all was
 * heard, since more would have been. What was not heard for `patienceMs` is left to its row's schedule and makes the
 * window smaller by as much, since its bell may still stand in the queue.
 */
export function afterLook(
  { size, open }: RingWindow,
  unheard: ReadonlySet<string>,
  { now, patienceMs }: { now: number; patienceMs: number },
): RingWindow {
  const left = open.filter(({ deliveryId }) => unheard.has(deliveryId));
  const patient = left.filter(({ rungAt }) => now - rungAt < patienceMs);
  const inVain = left.length - patient.length;
  if (inVain > 0) return { size: Math.max(LEAST_SIZE, size - inVain), open: patient };
  const isTooSmall = open.length >= size && left.length * 4 <= size;
  return { size: isTooSmall ? Math.min(MOST_SIZE, size * 2) : size, open: patient };
}

/** How many more rows of each lane may be rung for; lanes whose window is full are left out. */
export function roomIn(windows: RingWindows): { lane: Lane; limit: number }[] {
  return [...windows]
    .map(([lane, { size, open }]) => ({ lane, limit: size - open.length }))
    .filter(({ limit }) => limit > 0);
}

/** The windows after more rows were rung for. */
export function withRung(windows: RingWindows, rung: Rung[]): RingWindows {
  const byLane = Map.groupBy(rung, ({ lane }) => lane);
  return new Map(
    [...windows].map(([lane, { size, open }]) => [lane, { size, open: [...open, ...(byLane.get(lane) ?? [])] }]),
  );
}
