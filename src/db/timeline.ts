import { sql, type SQL } from "drizzle-orm";
import type { Page, PageOf, Position } from "../domain/page-cursor.ts";
import type { ShipmentName } from "../domain/reading-query.ts";
import { LOOK_UP_EVENT } from "../domain/reconciliation.ts";
import { ENTRY_TYPES, type EntryType, type TimelineRow } from "../domain/timeline.ts";
import type { Db } from "./client.ts";
import { instantOf, textOf } from "./time.ts";

/**
 * A page of everything that is stored about a shipment, oldest first, in one statement, so that all of it is of one
 * moment. It looks at the rows of this shipment only, by its indexes, and sorts no more than those.
 */
export async function readTimeline(db: Db, { filter, limit, after }: PageOf<ShipmentName>): Promise<Page<TimelineRow>> {
  const parts = ENTRY_TYPES.map((type, rank) => {
    const { from, of, at, ref } = PARTS[type];
    return sql`(
      SELECT ${sql.raw(`${at} AS happened_at, ${rank} AS kind, ${ref} AS ref, ${columnsOf(type)} FROM ${from}`)}
       WHERE ${sql.raw(of)}.enterprise_id = ${filter.enterpriseId} AND ${sql.raw(of)}.shipment_id = ${filter.shipmentId}
         AND ${isAfter(PARTS[type], rank, after)}
       ORDER BY happened_at, ref LIMIT ${limit + 1})`;
  });
  const { rows } = await db.execute(sql`
    ${sql.join(parts, sql` UNION ALL `)} ORDER BY happened_at, kind, ref LIMIT ${limit + 1}`);
  const found = (rows as FoundRow[]).slice(0, limit);
  const last = rows.length > limit ? found.at(-1) : undefined;
  return {
    rows: found.map(toRow),
    next: last ? { at: instantOf(last.happened_at), key: [Number(last.kind), last.ref] } : null,
  };
}

/** Where lines of one type come from: `of` is the table that knows the shipment; `ref` tells those of one instant apart. */
type Part = { from: string; of: "d" | "l" | "f"; at: string; ref: string; columns?: Partial<Record<Column, string>> };

type Column = (typeof COLUMNS)[number];

const COLUMNS = [
  "gateway",
  "attempt_id",
  "attempt_no",
  "outcome",
  "code",
  "provider_code",
  "provider_id",
  "source",
  "reason",
] as const;

const OF_SHIPMENT = "deliveries d FORCE INDEX (deliveries_shipment)";
const ITS_ATTEMPTS = `${OF_SHIPMENT} STRAIGHT_JOIN attempts a FORCE INDEX (attempts_delivery)
    ON a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id`;

const PARTS: Record<EntryType, Part> = {
  accepted: { from: OF_SHIPMENT, of: "d", at: "d.accepted_at", ref: "d.delivery_id" },
  attempt: {
    from: ITS_ATTEMPTS,
    of: "d",
    at: "a.started_at",
    ref: "a.attempt_id",
    columns: columnsFrom("a", ["gateway", "attempt_id", "attempt_no", "outcome", "code", "provider_id", "reason"]),
  },
  receipt: {
    from: `${ITS_ATTEMPTS} STRAIGHT_JOIN receipts r FORCE INDEX (PRIMARY)
    ON r.enterprise_id = a.enterprise_id AND r.attempt_id = a.attempt_id`,
    of: "d",
    at: "r.received_at",
    ref: "CONCAT(r.attempt_id, '/', r.event_id)",
    columns: {
      ...columnsFrom("a", ["gateway", "attempt_id", "attempt_no"]),
      ...columnsFrom("r", ["provider_id", "reason"]),
      outcome: "r.kind",
      provider_code: "r.code",
      source: `IF(r.event_id LIKE '${LOOK_UP_EVENT}%', 'look_up', 'provider')`,
    },
  },
  reconciliation: {
    from: `${OF_SHIPMENT} STRAIGHT_JOIN reconciliations s FORCE INDEX (PRIMARY)
    ON s.enterprise_id = d.enterprise_id AND s.delivery_id = d.delivery_id`,
    of: "d",
    at: "s.concluded_at",
    ref: "CONCAT(s.delivery_id, '/', s.attempt_id, '/', LPAD(s.step_no, 5, '0'))",
    columns: {
      attempt_id: "NULLIF(s.attempt_id, '')",
      outcome: "s.conclusion",
      source: "s.source",
      reason: "s.message",
    },
  },
  log: {
    from: "logs l FORCE INDEX (logs_shipment)",
    of: "l",
    at: "l.notify_time",
    ref: "l.attempt_id",
    columns: columnsFrom("l", ["gateway", "attempt_id", "provider_id"]),
  },
  failure: {
    from: "logs_failure f FORCE INDEX (logs_failure_shipment)",
    of: "f",
    at: "f.notify_time",
    ref: "CONCAT(f.delivery_id, '/', LPAD(f.attempt_no, 5, '0'), '/', f.code)",
    columns: {
      ...columnsFrom("f", ["gateway", "attempt_id", "attempt_no", "code", "provider_code", "provider_id"]),
      reason: "f.message",
    },
  },
  settled: {
    from: OF_SHIPMENT,
    of: "d",
    at: "d.settled_at",
    ref: "d.delivery_id",
    columns: { gateway: "d.gateway", outcome: "d.state", code: "d.code" },
  },
};

function columnsFrom(alias: string, names: Column[]): Partial<Record<Column, string>> {
  return Object.fromEntries(names.map((name) => [name, `${alias}.${name}`]));
}

/** Every part has the same columns, as a union must. */
function columnsOf(type: EntryType): string {
  const { of, columns = {} } = PARTS[type];
  return [
    ...["delivery_id", "status", "channel"].map((name) => `${of}.${name}`),
    ...COLUMNS.map((name) => `${columns[name] ?? "NULL"} AS ${name}`),
  ].join(", ");
}

function isAfter({ at, ref }: Part, rank: number, after: Position | null): SQL {
  const time = sql.raw(at);
  if (after === null) return sql`${time} IS NOT NULL`;
  const [lastRank, lastRef] = after.key;
  const since = textOf(after.at);
  if (rank !== lastRank) return sql`${time} ${sql.raw(rank < Number(lastRank) ? ">" : ">=")} ${since}`;
  return sql`${time} >= ${since} AND (${time} > ${since} OR ${sql.raw(ref)} > ${lastRef})`;
}

/** What the driver gives: instants are texts. */
type FoundRow = Record<Exclude<Column, "attempt_no">, string | null> & {
  happened_at: string;
  kind: string | number;
  ref: string;
  delivery_id: string;
  status: string;
  channel: string;
  attempt_no: number | string | null;
};

function toRow(row: FoundRow): TimelineRow {
  return {
    at: instantOf(row.happened_at),
    type: ENTRY_TYPES[Number(row.kind)] ?? "accepted",
    deliveryId: row.delivery_id,
    status: row.status,
    channel: row.channel,
    gateway: row.gateway ?? "",
    attemptId: row.attempt_id,
    attemptNo: row.attempt_no === null ? null : Number(row.attempt_no),
    outcome: row.outcome,
    code: row.code,
    providerCode: row.provider_code,
    providerId: row.provider_id,
    source: row.source,
    reason: row.reason,
  };
}
