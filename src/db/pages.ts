import { sql, type SQL } from "drizzle-orm";
import type { List, ListedDelivery, ListedRows } from "../domain/listed-rows.ts";
import type { Page, PageOf, Position } from "../domain/page-cursor.ts";
import type { ListFilter } from "../domain/reading-query.ts";
import { deliveryIdsOf } from "../domain/update-ids.ts";
import type { Db } from "./client.ts";
import { instantOf, isoOf, textOf } from "./time.ts";

/** A list: its table and its indexes, the time by which it is ordered and the key behind it, and what is told of a row. */
type Listing = {
  table: string;
  byTime: string;
  byShipment: string;
  time: string;
  key: string[];
  columns: string;
};

const OF_AN_UPDATE = "delivery_id, shipment_id, status, channel, gateway";
const OF_A_LOG = `notify_time, ${OF_AN_UPDATE}, timestamp, attempt_id, provider_id`;

const LISTINGS: Record<List, Listing> = {
  deliveries: {
    table: "deliveries",
    byTime: "deliveries_enterprise",
    byShipment: "deliveries_shipment",
    time: "accepted_at",
    key: ["delivery_id"],
    columns: `update_id, ${OF_AN_UPDATE}, occurred_at AS timestamp, state, code, attempt_no AS attempts,
      accepted_at, IF(state IN ('queued', 'retrying'), due_at, NULL) AS due_at, settled_at,
      expires_at`,
  },
  logs: {
    table: "logs",
    byTime: "logs_enterprise",
    byShipment: "logs_shipment",
    time: "notify_time",
    key: ["attempt_id"],
    columns: OF_A_LOG,
  },
  logs_failure: {
    table: "logs_failure",
    byTime: "logs_failure_enterprise",
    byShipment: "logs_failure_shipment",
    time: "notify_time",
    key: ["delivery_id", "attempt_no", "code"],
    columns: `${OF_A_LOG}, attempt_no, code, message, provider_code`,
  },
};

/** With a filter that no index knows, one call looks at this many rows at most and then says where to go on. */
const LOOKED_AT_MOST = 5_000;

/**
 * A page of a list of one enterprise, newest first: one statement, in the order of an index. Of a shipment all rows are
 * looked at, which are few. With another filter than time, a statement before it finds how far this call looks: such a
 * page may have fewer rows than were asked for while there is a next one.
 */
export async function readPage<L extends List>(
  db: Db,
  list: L,
  asked: PageOf<ListFilter>,
): Promise<Page<ListedRows[L]>> {
  const { filter, limit } = asked;
  const listing = LISTINGS[list];
  const { table, byTime, byShipment, time, key, columns } = listing;
  const floor = isSelective(filter) ? await findFloor(db, listing, asked) : null;
  const conditions = [
    inRange(listing, asked),
    ...(floor === null ? [] : [sql`${sql.raw(time)} >= ${textOf(floor)}`]),
    ...equals("shipment_id", filter.shipmentId),
    ...equals("channel", filter.channel),
    ...equals("gateway", filter.gateway),
    ...equals("state", filter.state),
    ...equals("code", filter.code),
  ];
  const { rows } = await db.execute(sql`
    SELECT ${sql.raw(columns)}
      FROM ${sql.raw(`${table} FORCE INDEX (${filter.shipmentId === null ? byTime : byShipment})`)}
     WHERE ${sql.join(conditions, sql` AND `)}
     ORDER BY ${newestFirst(listing)} LIMIT ${limit + 1}`);
  const found = (rows as FoundRow[]).slice(0, limit);
  const last = rows.length > limit ? found.at(-1) : undefined;
  const next = last ? { at: instantOf(String(last[time])), key: key.map((column) => last[column] ?? "") } : null;
  return { rows: found.map(toRow) as ListedRows[L][], next: next ?? endOfLook(key, floor) };
}

/** The deliveries of an update, in the order of their ids; none when it is unknown, or another enterprise's. */
export async function readUpdate(db: Db, enterpriseId: string, updateId: string): Promise<ListedDelivery[]> {
  const ids = deliveryIdsOf(updateId);
  if (ids === null) return [];
  const { rows } = await db.execute(sql`
    SELECT ${sql.raw(LISTINGS.deliveries.columns)} FROM deliveries FORCE INDEX (PRIMARY)
     WHERE enterprise_id = ${enterpriseId} AND delivery_id > ${ids.after} AND delivery_id < ${ids.before}
       AND update_id = ${updateId} ORDER BY delivery_id`);
  return (rows as FoundRow[]).map(toRow) as ListedDelivery[];
}

/** Whether rows are left out by what no index orders. Of a shipment there are few, and all are looked at. */
function isSelective({ shipmentId, channel, gateway, state, code }: ListFilter): boolean {
  return shipmentId === null && [channel, gateway, state, code].some((wanted) => wanted !== null);
}

/** The instant down to which this call looks; null when that is all of them. Rows of that instant are looked at. */
async function findFloor(db: Db, listing: Listing, asked: PageOf<ListFilter>): Promise<number | null> {
  const { table, byTime, time } = listing;
  const { rows } = await db.execute(sql`
    SELECT MIN(looked_time) AS floor_time, COUNT(*) AS seen FROM (
      SELECT ${sql.raw(`${time} AS looked_time FROM ${table} FORCE INDEX (${byTime})`)}
       WHERE ${inRange(listing, asked)} ORDER BY ${newestFirst(listing)} LIMIT ${LOOKED_AT_MOST}) looked`);
  const [looked] = rows as { floor_time: string | null; seen: string }[];
  return looked?.floor_time && Number(looked.seen) === LOOKED_AT_MOST ? instantOf(looked.floor_time) : null;
}

/** Behind all rows of the last instant that was looked at: no key is smaller than an empty one. */
function endOfLook(key: string[], floor: number | null): Position | null {
  return floor === null ? null : { at: floor, key: key.map(() => "") };
}

function inRange({ time: column, key }: Listing, { filter, after }: PageOf<ListFilter>): SQL {
  const time = sql.raw(column);
  const conditions = [
    sql`enterprise_id = ${filter.enterpriseId}`,
    ...(filter.from === null ? [] : [sql`${time} >= ${textOf(filter.from)}`]),
    ...(filter.to === null ? [] : [sql`${time} < ${textOf(filter.to)}`]),
    ...(after === null ? [] : [sql`${time} <= ${textOf(after.at)}`, isOlder(time, key, after)]),
  ];
  return sql.join(conditions, sql` AND `);
}

/** Beside the range of the time, for no server sees a range in the comparison of whole keys. */
function isOlder(time: SQL, key: string[], { at, key: last }: Position): SQL {
  const values = last.map((part) => sql`${part}`);
  return sql`(${time} < ${textOf(at)} OR (${sql.raw(key.join(", "))}) < (${sql.join(values, sql`, `)}))`;
}

function equals(column: string, value: string | null): SQL[] {
  return value === null ? [] : [sql`${sql.raw(column)} = ${value}`];
}

function newestFirst({ time, key }: Listing): SQL {
  return sql.raw([time, ...key].map((column) => `${column} DESC`).join(", "));
}

/** What the driver gives: instants are texts. */
type FoundRow = Record<string, string | number | null>;

/** Columns that are instants are named so. */
const INSTANT = /(?:_at|_time|^timestamp)$/;

function toRow(row: FoundRow): FoundRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      INSTANT.test(column) && typeof value === "string" ? isoOf(value) : value,
    ]),
  );
}
