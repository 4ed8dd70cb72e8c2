import { sql, type SQL } from "drizzle-orm";
import { DROPPED } from "../domain/delivery.ts";
import { LANES, readLane, type Lane } from "../domain/lane.ts";
import { COUNT_AT_MOST, type RedriveFilter } from "../domain/redrive.ts";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { insertSteps } from "./steps.ts";
import { afterMs, textOf, utcNow } from "./time.ts";

/** A delivery that can be redriven. `expiresInMs`: by the database's clock. */
export type Redrivable = {
  enterpriseId: string;
  deliveryId: string;
  lane: Lane;
  attemptNo: number;
  code: string | null;
  expiresInMs: number;
};

export type PlannedRedrive = Redrivable & { delayMs: number };

/**
 * How many deliveries match and can still be sent, and how many match and have expired; of each one more than
 * `COUNT_AT_MOST` at most.
 */
export async function countRedrivable(db: Db, filter: RedriveFilter): Promise<{ matching: number; expired: number }> {
  const count = (what: string, isMeant: SQL) => sql`
    (SELECT ${what} AS what, COUNT(*) AS found FROM (
      SELECT d.delivery_id FROM ${matching(filter)} AND ${isMeant} LIMIT ${COUNT_AT_MOST + 1}) bounded)`;
  const isAlive = sql`d.expires_at > ${utcNow}`;
  const isExpired = sql`d.expires_at <= ${utcNow}`;
  const { rows } = await db.execute(sql`${count("matching", isAlive)} UNION ALL ${count("expired", isExpired)}`);
  const counts = new Map((rows as { what: string; found: string }[]).map(({ what, found }) => [what, Number(found)]));
  return { matching: counts.get("matching") ?? 0, expired: counts.get("expired") ?? 0 };
}

/** Deliveries that match and can still be sent, those first that have rested longest. Looks without locking. */
export async function findRedrivable(db: Db, filter: RedriveFilter, limit: number): Promise<Redrivable[]> {
  const { rows } = await db.execute(sql`
    SELECT d.enterprise_id AS enterpriseId, d.delivery_id AS deliveryId, d.lane, d.attempt_no AS attemptNo, d.code,
           TIMESTAMPDIFF(MICROSECOND, ${utcNow}, d.expires_at) DIV 1000 AS expiresInMs
      FROM ${matching(filter)} AND d.expires_at > ${utcNow}
     ORDER BY d.settled_at, d.delivery_id LIMIT ${limit}`);
  return (rows as FoundRow[]).map((row) => ({
    ...row,
    lane: readLane(row.lane),
    expiresInMs: Number(row.expiresInMs),
  }));
}

/** What the driver gives: 64-bit numbers are texts. */
type FoundRow = Omit<Redrivable, "lane" | "expiresInMs"> & { lane: string; expiresInMs: string };

/** When the last one is due that was redriven before and still waits for its turn, in ms from now; 0 without one. */
export async function lastRedriveDueInMs(db: Db): Promise<number> {
  const ofLane = (lane: Lane) => sql`(
    SELECT TIMESTAMPDIFF(MICROSECOND, ${utcNow}, due_at) DIV 1000 AS dueInMs
      FROM deliveries FORCE INDEX (deliveries_ring)
     WHERE lane = ${lane} AND ring_at > ${utcNow} AND due_at > ${utcNow}
       AND state = 'retrying' AND redriven_no > 0 AND redriven_no = attempt_no
     ORDER BY ring_at DESC LIMIT 1)`;
  const { rows } = await db.execute(sql.join(LANES.map(ofLane), sql` UNION ALL `));
  return Math.max(0, ...(rows as { dueInMs: string }[]).map(({ dueInMs }) => Number(dueInMs)));
}

/** Writes down that deliveries get a new start. Numbered by their attempts, so that repeating changes nothing. */
export async function logRedrive(db: Db, { state }: RedriveFilter, planned: PlannedRedrive[]): Promise<void> {
  await insertSteps(
    db,
    planned.map(({ enterpriseId, deliveryId, attemptNo, code }) => ({
      enterpriseId,
      deliveryId,
      attemptId: "",
      stepNo: attemptNo,
      source: "operator",
      conclusion: "redriven",
      message: `An operator ordered a new start after attempt ${attemptNo}; it was ${state} (${code ?? "no code"}).`,
    })),
  );
}

/**
 * Gives deliveries a new start: what was attempted before bars no gateway any more. Guarded by the state and
 * the attempt that were seen, so that of any number of operators one redrives a row. Returns how many moved.
 */
export async function redrive(
  db: Db,
  { state }: RedriveFilter,
  planned: PlannedRedrive[],
  silentAfterMs: number,
): Promise<number> {
  const each = (value: (one: PlannedRedrive) => unknown) =>
    caseBy("delivery_id", planned, (one) => one.deliveryId, value);
  const { rowsAffected } = await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET redriven_no = attempt_no, code = NULL, settled_at = NULL,
           hold_until = NULL, look_at = NULL, look_no = 0,
           due_at = ${each(({ delayMs }) => afterMs(delayMs))},
           ring_at = ${each(({ delayMs }) => afterMs(delayMs + silentAfterMs))}, ring_no = 0,
           state = 'retrying'
     WHERE ${namedRows("deliveries", namesOf(planned))}
       AND state = ${state} AND attempt_no = ${each(({ attemptNo }) => attemptNo)} AND expires_at > ${utcNow}`);
  return rowsAffected;
}

/**
 * The table and the condition of a filter, by the index that fits it. What a provider is known to have taken
 * is never meant.
 */
function matching(filter: RedriveFilter): SQL {
  const index = sql.raw(filter.shipmentId === null ? "deliveries_settled" : "deliveries_shipment");
  const conditions = [
    sql`d.state = ${filter.state}`,
    sql`d.settled_at >= ${textOf(filter.settledFrom)}`,
    ...(filter.settledTo === null ? [] : [sql`d.settled_at <= ${textOf(filter.settledTo)}`]),
    ...equals("enterprise_id", filter.enterpriseId),
    ...equals("shipment_id", filter.shipmentId),
    ...equals("channel_id", filter.channelId),
    ...equals("gateway_id", filter.gatewayId),
    ...equals("code", filter.code),
    ...(filter.maySendTwice ? [] : [sql`NOT (d.state = 'failed' AND d.code <=> ${DROPPED})`]),
    ...(filter.providerCode === null
      ? []
      : [sql`EXISTS (${attemptsOf} AND a.attempt_no = d.attempt_no AND a.code = ${filter.providerCode})`]),
    sql`NOT EXISTS (${attemptsOf} AND a.outcome = 'accepted')`,
  ];
  return sql`deliveries d FORCE INDEX (${index}) WHERE ${sql.join(conditions, sql` AND `)}`;
}

const attemptsOf = sql`SELECT 1 FROM attempts a WHERE a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id`;

function equals(column: string, value: string | null): SQL[] {
  return value === null ? [] : [sql`${sql.raw(`d.${column}`)} = ${value}`];
}
