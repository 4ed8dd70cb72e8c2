import { sql, type SQL } from "drizzle-orm";
import { RESTING_STATES } from "../domain/delivery.ts";
import { idsBefore, type Removed, type Retained, type Retention } from "../domain/retention.ts";
import type { Db } from "./client.ts";

/** An old row by the columns of its key. */
export type OldRow = Record<string, string | number>;

/** Which old rows are asked for. `now`: by our own clock, in ms since the epoch. */
export type OldRows = { what: Removed; retention: Retention; now: number; limit: number };

/** What is being worked on is neither removed nor changed, however old it is. */
export const isAtRest = sql`state IN ${[...RESTING_STATES]} AND ring_at IS NULL`;

/**
 * `key`: the primary key, with the sharding key. `prefix`: of ids that are the primary key and begin with their time, so
 * that they find the oldest rows; other tables have an index on `time`. `guard`: what else is asked of a row.
 */
type Table = { time: string; key: string[]; prefix?: "dlv" | "att"; guard?: SQL };

const TABLES: Record<Retained, Table> = {
  deliveries: {
    time: "accepted_at",
    key: ["enterprise_id", "delivery_id"],
    prefix: "dlv",
    guard: sql` AND ${isAtRest}`,
  },
  attempts: { time: "started_at", key: ["enterprise_id", "attempt_id"], prefix: "att" },
  logs: { time: "notify_time", key: ["enterprise_id", "attempt_id"] },
  logs_failure: { time: "notify_time", key: ["enterprise_id", "delivery_id", "attempt_no", "code"] },
  receipts: { time: "received_at", key: ["enterprise_id", "attempt_id", "event_id"] },
  reconciliations: { time: "concluded_at", key: ["enterprise_id", "delivery_id", "attempt_id", "step_no"] },
  gateway_changes: { time: "changed_at", key: ["change_id"] },
  inbound: { time: "received_at", key: ["message_id"] },
  data: { time: "accepted_at", key: ["enterprise_id", "delivery_id"], prefix: "dlv", guard: sql` AND ${isAtRest}` },
};

/**
 * The oldest rows that have been kept long enough, at most `limit`. Looks without locking, and only at rows that
 * are old: by the table's index on time, or by the time that the key begins with. That one comes from our own
 * clock and only shortens the way: the database's clock decides.
 */
export async function findOld(db: Db, { what, retention, now, limit }: OldRows): Promise<OldRow[]> {
  const { time, key, prefix, guard } = TABLES[what];
  const days = retention[what];
  const id = key.at(-1) as string;
  const isOld = sql`${sql.raw(time)} < UTC_TIMESTAMP(3) - INTERVAL ${days} DAY${prefix && sql` AND ${sql.raw(id)} < ${idsBefore(prefix, now, days)}`}`;
  const { rows } = await db.execute(sql`
    SELECT ${sql.raw(key.join(", "))} FROM ${sql.raw(what)} FORCE INDEX (${sql.raw(prefix ? "PRIMARY" : `${what}_time`)})
     WHERE ${isOld}${guard} ORDER BY ${sql.raw(prefix ? id : time)} LIMIT ${limit}`);
  return rows as OldRow[];
}

/** Removes old rows by their primary key, or blanks the content of old deliveries. Returns how many. */
export async function removeOld(db: Db, what: Retained, rows: OldRow[]): Promise<number> {
  const { key, prefix, guard } = TABLES[what];
  const named = prefix ? listedBy(key, rows) : spelledBy(key, rows);
  const change =
    what === "data" ? sql`UPDATE deliveries FORCE INDEX (PRIMARY) SET data = NULL` : sql`DELETE FROM ${sql.raw(what)}`;
  const { rowsAffected } = await db.execute(sql`${change} WHERE ${named}${guard}`);
  return rowsAffected;
}

/**
 * Rows whose last column alone is the primary key. Spelt out as pairs, 500 of them would cost the server 0.3 s before it
 * begins: it weighs each further index that starts with the enterprise for each pair.
 */
function listedBy(key: readonly string[], rows: OldRow[]): SQL {
  const lists = key.map((column) => sql`${sql.raw(column)} IN ${[...new Set(rows.map((row) => row[column]))]}`);
  return sql.join(lists, sql` AND `);
}

/**
 * Whole keys of several columns. A list of row values, or lists of single columns, would make the server look at all rows
 * of the enterprise, or of the table.
 */
function spelledBy(key: readonly string[], rows: OldRow[]): SQL {
  const whole = rows.map((row) => {
    const equals = key.map((column) => sql`${sql.raw(column)} = ${row[column]}`);
    return sql`(${sql.join(equals, sql` AND `)})`;
  });
  return sql`${listedBy(key.slice(0, 1), rows)} AND (${sql.join(whole, sql` OR `)})`;
}
