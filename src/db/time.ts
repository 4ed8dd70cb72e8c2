import { sql, type SQL } from "drizzle-orm";

/** The database's clock, the only one that decides about due times and leases. */
export const utcNow = sql`UTC_TIMESTAMP(3)`;

/** The database's clock plus `ms`. */
export function afterMs(ms: number): SQL {
  return sql`UTC_TIMESTAMP(3) + INTERVAL ${Math.round(ms) * 1000} MICROSECOND`;
}

/** An instant in ms since the epoch as the database writes it: UTC, with milliseconds. */
export function textOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 23).replace("T", " ");
}

/** The instant, in ms since the epoch, of what the database wrote. */
export function instantOf(text: string): number {
  return Date.parse(isoOf(text));
}

/** What the database wrote as RFC 3339. */
export function isoOf(text: string): string {
  return `${text.replace(" ", "T")}Z`;
}
