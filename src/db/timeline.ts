import { sql, type SQL } from "drizzle-orm";
import type { Page, PageOf, Position } from "../domain/page-cursor.ts";
import type { ShipmentName } from "../domain/reading-query.ts";
import { LOOK_UP_EVENT } from "../domain/reconciliation.ts";
import { ENTRY_TYPES, type EntryType, type TimelineRow } from "../domain/timeline.ts";
import type { Db } from "./client.ts";
import { instantOf, isoOf, textOf } from "./time.ts";

/**
 * A page of everything that is stored about a shipment, oldest first, in one statement, so that all of it is of one
 * moment. It looks at the rows of this shipment only, by its indexes, and sorts no more than those.
 */
export async function readTimeline(db: Db, { filter, limit, after }: PageOf<ShipmentName>): Promise<Page<TimelineRow>> {
  const parts = ENTRY_TYPES.map((type, rank) => {
    const { from, of, at, ref, columns } = PARTS[type];
    const its = `${of}.delivery_id, ${of}.status, ${of}.channel, ${columns}`;
    return sql`(SELECT ${sql.raw(`${at} AS happened_at, ${rank} AS kind, ${ref} AS ref, ${its} FROM ${from}`)}
      WHERE ${sql.raw(of)}.enterprise_id = ${filter.enterpriseId} AND ${sql.raw(of)}.shipment_id = ${filter.shipmentId}
        AND ${isAfter(PARTS[type], rank, after)} ORDER BY happened_at, ref LIMIT ${limit + 1})`;
  });
  const { rows } = await db.execute(
    sql`${sql.join(parts, sql` UNION ALL `)} ORDER BY happened_at, kind, ref LIMIT ${limit + 1}`,
  );
  const found = (rows as FoundRow[]).slice(0, limit);
  const last = rows.length > limit ? found.at(-1) : undefined;
  return { rows: found.map(toRow), next: last ? positionOf(last) : null };
}

/**
 * Where lines of one type come from: `of` is the table that knows the shipment, `ref` tells those of one instant apart,
 * `columns` are those of `COLUMNS`, in their order.
 */
type Part = { from: string; of: "d" | "l" | "f"; at: string; ref: string; columns: string };

/** What is told of each line beside its delivery; a union takes the names of its first part. */
const COLUMNS =
  "NULL AS gateway, NULL AS attempt_id, NULL AS attempt_no, NULL AS outcome, NULL AS code, NULL AS provider_code, NULL AS provider_id, NULL AS source, NULL AS reason";

const OF_SHIPMENT = "deliveries d FORCE INDEX (deliveries_shipment)";
const ITS_ATTEMPTS = `${OF_SHIPMENT} STRAIGHT_JOIN attempts a FORCE INDEX (attempts_delivery)
  ON a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id`;
const ITS_RECEIPTS = `${ITS_ATTEMPTS} STRAIGHT_JOIN receipts r FORCE INDEX (PRIMARY)
  ON r.enterprise_id = a.enterprise_id AND r.attempt_id = a.attempt_id`;
const ITS_STEPS = `${OF_SHIPMENT} STRAIGHT_JOIN reconciliations s FORCE INDEX (PRIMARY)
  ON s.enterprise_id = d.enterprise_id AND s.delivery_id = d.delivery_id`;

const PARTS: Record<EntryType, Part> = {
  accepted: { from: OF_SHIPMENT, of: "d", at: "d.accepted_at", ref: "d.delivery_id", columns: COLUMNS },
  attempt: {
    from: ITS_ATTEMPTS,
    of: "d",
    at: "a.started_at",
    ref: "a.attempt_id",
    columns: "a.gateway, a.attempt_id, a.attempt_no, a.outcome, a.code, NULL, a.provider_id, NULL, a.reason",
  },
  receipt: {
    from: ITS_RECEIPTS,
    of: "d",
    at: "r.received_at",
    ref: "CONCAT(r.attempt_id, '/', r.event_id)",
    columns: `a.gateway, a.attempt_id, a.attempt_no, r.kind, NULL, r.code, r.provider_id,
      IF(r.event_id LIKE '${LOOK_UP_EVENT}%', 'look_up', 'provider'), r.reason`,
  },
  reconciliation: {
    from: ITS_STEPS,
    of: "d",
    at: "s.concluded_at",
    ref: "CONCAT(s.delivery_id, '/', s.attempt_id, '/', LPAD(s.step_no, 5, '0'))",
    columns: "NULL, NULLIF(s.attempt_id, ''), NULL, s.conclusion, NULL, NULL, NULL, s.source, s.message",
  },
  log: {
    from: "logs l FORCE INDEX (logs_shipment)",
    of: "l",
    at: "l.notify_time",
    ref: "l.attempt_id",
    columns: "l.gateway, l.attempt_id, NULL, NULL, NULL, NULL, l.provider_id, NULL, NULL",
  },
  failure: {
    from: "logs_failure f FORCE INDEX (logs_failure_shipment)",
    of: "f",
    at: "f.notify_time",
    ref: "CONCAT(f.delivery_id, '/', LPAD(f.attempt_no, 5, '0'), '/', f.code)",
    columns: "f.gateway, f.attempt_id, f.attempt_no, NULL, f.code, f.provider_code, f.provider_id, NULL, f.message",
  },
  settled: {
    from: OF_SHIPMENT,
    of: "d",
    at: "d.settled_at",
    ref: "d.delivery_id",
    columns: "d.gateway, NULL, NULL, d.state, d.code, NULL, NULL, NULL, NULL",
  },
};

function isAfter({ at, ref }: Part, rank: number, after: Position | null): SQL {
  const time = sql.raw(at);
  if (after === null) return sql`${time} IS NOT NULL`;
  const [lastRank, lastRef] = after.key;
  const since = textOf(after.at);
  if (rank !== lastRank) return sql`${time} ${sql.raw(rank < Number(lastRank) ? ">" : ">=")} ${since}`;
  return sql`${time} >= ${since} AND (${time} > ${since} OR ${sql.raw(ref)} > ${lastRef})`;
}

/** What the driver gives: instants are texts, and so may numbers be. */
type FoundRow = Omit<TimelineRow, "at" | "type" | "attempt_no"> & {
  happened_at: string;
  kind: string | number;
  ref: string;
  attempt_no: string | number | null;
};

function positionOf({ happened_at: at, kind, ref }: FoundRow): Position {
  return { at: instantOf(at), key: [Number(kind), ref] };
}

function toRow({ happened_at: at, kind, ref: _, ...row }: FoundRow): TimelineRow {
  const type = ENTRY_TYPES[Number(kind)] ?? "accepted";
  return { at: isoOf(at), type, ...row, attempt_no: row.attempt_no === null ? null : Number(row.attempt_no) };
}
