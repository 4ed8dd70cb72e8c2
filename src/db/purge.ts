import { sql, type SQL } from "drizzle-orm";
import { RESTING_STATES } from "../domain/delivery.ts";
import { idsBefore, oldBefore, spansToBlank, type Retained, type Retention } from "../domain/retention.ts";
import type { Db } from "./client.ts";
import { afterMs } from "./time.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** An old row by the columns of its key. */
export type OldRow = Record<string, string | number>;

/** Which old rows are asked for. `now`: by our own clock, in ms since the epoch. */
export type OldRows = { what: Retained; retention: Retention; now: number; limit: number };

/** `index`: finds the oldest rows without looking at others. `key`: the primary key, with the sharding key. */
type Table = { table: string; index: string; time: string; key: string[] };

const TABLES = {
  deliveries: { table: "deliveries", index: "PRIMARY", time: "accepted_at", key: ["enterprise_id", "delivery_id"] },
  attempts: { table: "attempts", index: "PRIMARY", time: "started_at", key: ["enterprise_id", "attempt_id"] },
  logs: { table: "logs", index: "logs_time", time: "notify_time", key: ["enterprise_id", "attempt_id"] },
  logs_failure: {
    table: "logs_failure",
    index: "logs_failure_time",
    time: "notify_time",
    key: ["enterprise_id", "delivery_id", "attempt_no", "code"],
  },
  receipts: {
    table: "receipts",
    index: "receipts_time",
    time: "received_at",
    key: ["enterprise_id", "attempt_id", "event_id"],
  },
  reconciliations: {
    table: "reconciliations",
    index: "reconciliations_time",
    time: "concluded_at",
    key: ["enterprise_id", "delivery_id", "attempt_id", "step_no"],
  },
  gateway_changes: {
    table: "gateway_changes",
    index: "gateway_changes_time",
    time: "changed_at",
    key: ["change_id"],
  },
  inbound: { table: "inbound", index: "inbound_time", time: "received_at", key: ["message_id"] },
  data: { table: "deliveries", index: "PRIMARY", time: "accepted_at", key: ["enterprise_id", "delivery_id"] },
} as const satisfies Record<Retained, Table>;

/** What is being worked on is neither removed nor changed, however old it is. */
const isAtRest = sql`state IN ${[...RESTING_STATES]} AND ring_at IS NULL`;

/**
 * The oldest rows that have been kept long enough, at most `limit`. Looks without locking, and only at rows that
 * are old: by the table's index on time, or by the time that the key begins with. That one comes from our own
 * clock and only shortens the way: the database's clock decides.
 */
export async function findOld(db: Db, { what, retention, now, limit }: OldRows): Promise<OldRow[]> {
  const { table, index, time, key } = TABLES[what];
  const order = index === "PRIMARY" ? key.slice(-1) : [time];
  const { rows } = await db.execute(sql`
    SELECT ${columns(key)} FROM ${sql.raw(table)} FORCE INDEX (${sql.raw(index)})
     WHERE ${sql.raw(time)} < ${afterMs(-retention[what] * DAY_MS)} AND ${isMeant(what, retention, now)}
     ORDER BY ${columns(order)} LIMIT ${limit}`);
  return rows as OldRow[];
}

/** Removes old rows by their primary key, or blanks the content of old deliveries. Returns how many. */
export async function removeOld(db: Db, what: Retained, rows: OldRow[]): Promise<number> {
  const { table, key } = TABLES[what];
  const named = namedBy(key, rows);
  const { rowsAffected } = await db.execute(
    what === "data"
      ? sql`UPDATE deliveries FORCE INDEX (PRIMARY) SET data = NULL WHERE ${named} AND data IS NOT NULL AND ${isAtRest}`
      : sql`DELETE FROM ${sql.raw(table)} WHERE ${named}${what === "deliveries" ? sql` AND ${isAtRest}` : sql``}`,
  );
  return rowsAffected;
}

function isMeant(what: Retained, retention: Retention, now: number): SQL {
  switch (what) {
    case "deliveries":
      return sql`delivery_id < ${idsBefore("dlv", oldBefore(now, retention.deliveries))} AND ${isAtRest}`;
    case "attempts":
      return sql`attempt_id < ${idsBefore("att", oldBefore(now, retention.attempts))}`;
    case "data": {
      const spans = spansToBlank(now, retention).map(
        ({ from, to }) => sql`(delivery_id >= ${idsBefore("dlv", from)} AND delivery_id < ${idsBefore("dlv", to)})`,
      );
      return sql`(${sql.join(spans, sql` OR `)}) AND data IS NOT NULL AND ${isAtRest}`;
    }
    case "logs":
    case "logs_failure":
    case "receipts":
    case "reconciliations":
    case "gateway_changes":
    case "inbound":
      return sql`TRUE`;
  }
}

/**
 * Whole keys, in key order. Spelt out, for a list of one row value, or lists of single columns, would make the server
 * look at all rows of the enterprise, or of the table.
 */
function namedBy(key: readonly string[], rows: OldRow[]): SQL {
  const sorted = rows
    .map((row) => key.map((column) => row[column]))
    .toSorted((a, b) => (a.join("\n") < b.join("\n") ? -1 : 1));
  const equals = (values: unknown[]) => values.map((value, index) => sql`${sql.raw(key[index] ?? "")} = ${value}`);
  const whole = sorted.map((values) => sql`(${sql.join(equals(values), sql` AND `)})`);
  const named = sql`(${sql.join(whole, sql` OR `)})`;
  if (key[0] !== "enterprise_id") return named;
  return sql`enterprise_id IN ${[...new Set(sorted.map(([enterpriseId]) => enterpriseId))]} AND ${named}`;
}

function columns(names: readonly string[]): SQL {
  return sql.raw(names.join(", "));
}
