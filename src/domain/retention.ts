import { MAX_AGE_MS, MAX_AHEAD_MS } from "./timestamp.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

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

/** What goes as whole rows. */
export type Removed = Exclude<Retained, "data">;

export const REMOVED = RETAINED.filter((what) => what !== "data");

/**
 * Content is looked for in two rounds, each of which goes from id to id: the first follows what becomes old; the other
 * begins anew whenever it is through, for what was under way when the first came by.
 */
export type BlankingRound = "first" | "again";

/** Nothing is under way for longer: an expiry is at most 7 days, and a hold follows. */
const LEAST_WHILE_UNDER_WAY = 14;

/**
 * The fewest days that rows must be kept. An update may be dated `MAX_AHEAD_MS` ahead, and its repeat is refused
 * only once that date is `MAX_AGE_MS` ago: a row that went before would make a duplicate new. One more day
 * because clocks differ.
 */
export const LEAST_DAYS: Retention = {
  deliveries: Math.ceil((MAX_AHEAD_MS + MAX_AGE_MS) / DAY_MS) + 1,
  attempts: LEAST_WHILE_UNDER_WAY,
  logs: 1,
  logs_failure: 1,
  receipts: LEAST_WHILE_UNDER_WAY,
  reconciliations: LEAST_WHILE_UNDER_WAY,
  gateway_changes: 1,
  inbound: 1,
  data: LEAST_WHILE_UNDER_WAY,
};

/** Every id made so many days before an instant (ms since the epoch) sorts before this text: UUIDv7 begins with its time. */
export function idsBefore(prefix: "dlv" | "att", now: number, days = 0): string {
  return `${prefix}_${Math.max(0, now - days * DAY_MS)
    .toString(16)
    .padStart(12, "0")}`;
}

/**
 * Our own clock and the database's differ by no more than this, in ms: the search for content that is to be blanked ends
 * so much earlier, and does not go past a row that the database's clock still takes for young.
 */
export const CLOCKS_DIFFER_MS = 5 * 60 * 1000;
