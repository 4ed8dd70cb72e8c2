import { sql, type SQL } from "drizzle-orm";

/** A WHERE of all these conditions; nothing where there are none. */
export function where(conditions: SQL[]): SQL {
  return conditions.length > 0 ? sql` WHERE ${sql.join(conditions, sql` AND `)}` : sql``;
}
