import { sql, type SQL } from "drizzle-orm";

/** The database's clock, the only one that decides about due times and leases. */
export const utcNow = sql`UTC_TIMESTAMP(3)`;

/** The database's clock plus `ms`. */
export function afterMs(ms: number): SQL {
  return sql`UTC_TIMESTAMP(3) + INTERVAL ${Math.round(ms) * 1000} MICROSECOND`;
}
