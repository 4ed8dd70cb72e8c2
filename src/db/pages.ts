import { sql, type SQL } from "drizzle-orm";
import type { List, ListedRows } from "../domain/listed-rows.ts";
import type { Page, PageOf, Position } from "../domain/page-cursor.ts";
import type { ListFilter } from "../domain/reading-query.ts";
import type { Db } from "./client.ts";
import { instantOf, textOf } from "./time.ts";

/**
 * A list: its table and its indexes; SQL by the members of a row, those of instants apart; and the members by which it
 * is ordered, the time first.
 */
type Listing = {
  table: string;
  byTime: string;
  byShipment: string;
  instants: Record<string, string>;
  columns: Record<string, string>;
  order: [time: string, ...key: string[]];
};

const OF_AN_UPDATE = { shipmentId: "shipment_id", status: "status", channel: "channel", gateway: "gateway" };

const LISTINGS: Record<List, Listing> = {
  deliveries: {
    table: "deliveries",
    byTime: "deliveries_enterprise",
    byShipment: "deliveries_shipment",
    instants: {
      timestamp: "occurred_at",
      acceptedAt: "accepted_at",
      dueAt: "IF(state IN ('queued', 'retrying'), due_at, NULL)",
      settledAt: "settled_at",
      expiresAt: "expires_at",
    },
    columns: {
      ...OF_AN_UPDATE,
      deliveryId: "delivery_id",
      updateId: "update_id",
      state: "state",
      code: "code",
      attempts: "attempt_no",
    },
    order: ["acceptedAt", "deliveryId"],
  },
  logs: {
    table: "logs",
    byTime: "logs_enterprise",
    byShipment: "logs_shipment",
    instants: { timestamp: "timestamp", notifyTime: "notify_time" },
    columns: { ...OF_AN_UPDATE, deliveryId: "delivery_id", attemptId: "attempt_id", providerId: "provider_id" },
    order: ["notifyTime", "attemptId"],
  },
  logs_failure: {
    table: "logs_failure",
    byTime: "logs_failure_enterprise",
    byShipment: "logs_failure_shipment",
    instants: { timestamp: "timestamp", notifyTime: "notify_time" },
    columns: {
      ...OF_AN_UPDATE,
      deliveryId: "delivery_id",
      attemptId: "attempt_id",
      attemptNo: "attempt_no",
      code: "code",
      message: "message",
      providerCode: "provider_code",
      providerId: "provider_id",
    },
    order: ["notifyTime", "deliveryId", "attemptNo", "code"],
  },
};

/** With a filter that no index knows, one call looks at this many rows at most and then says where to go on. */
const LOOKED_AT_MOST = 10_000;

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
  const { table, byTime, byShipment } = listing;
  const floor = isSelective(filter) ? await findFloor(db, listing, asked) : null;
  const conditions = [
    inRange(listing, asked),
    ...(floor === null ? [] : [sql`${orderOf(listing).time} >= ${textOf(floor)}`]),
    ...equals("shipment_id", filter.shipmentId),
    ...equals("channel", filter.channel),
    ...equals("gateway", filter.gateway),
    ...equals("state", filter.state),
    ...equals("code", filter.code),
  ];
  const { rows } = await db.execute(sql`
    SELECT ${columnsOf(listing)}
      FROM ${sql.raw(`${table} FORCE INDEX (${filter.shipmentId === null ? byTime : byShipment})`)}
     WHERE ${sql.join(conditions, sql` AND `)}
     ORDER BY ${orderOf(listing).descending} LIMIT ${limit + 1}`);
  const found = (rows as FoundRow[]).slice(0, limit).map((row) => toRow(listing, row));
  const last = rows.length > limit ? found.at(-1) : undefined;
  return { rows: found as ListedRows[L][], next: last ? positionOf(listing, last) : endOfLook(listing, floor) };
}

/** Whether rows are left out by what no index orders. Of a shipment there are few, and all are looked at. */
function isSelective({ shipmentId, channel, gateway, state, code }: ListFilter): boolean {
  return shipmentId === null && [channel, gateway, state, code].some((wanted) => wanted !== null);
}

/** The instant down to which this call looks; null when that is all of them. Rows of that instant are looked at. */
async function findFloor(db: Db, listing: Listing, asked: PageOf<ListFilter>): Promise<number | null> {
  const { time, descending } = orderOf(listing);
  const { rows } = await db.execute(sql`
    SELECT MIN(looked.looked_time) AS floor_time, COUNT(*) AS seen FROM (
      SELECT ${time} AS looked_time FROM ${sql.raw(`${listing.table} FORCE INDEX (${listing.byTime})`)}
       WHERE ${inRange(listing, asked)} ORDER BY ${descending} LIMIT ${LOOKED_AT_MOST}) looked`);
  const [looked] = rows as { floor_time: string | null; seen: string | number }[];
  if (!looked?.floor_time || Number(looked.seen) < LOOKED_AT_MOST) return null;
  return instantOf(looked.floor_time);
}

/** Behind all rows of the last instant that was looked at: no key is smaller than an empty one. */
function endOfLook({ order }: Listing, floor: number | null): Position | null {
  return floor === null ? null : { at: floor, key: order.slice(1).map(() => "") };
}

function inRange(listing: Listing, { filter, after }: PageOf<ListFilter>): SQL {
  const { time, key } = orderOf(listing);
  const conditions = [
    sql`enterprise_id = ${filter.enterpriseId}`,
    ...(filter.from === null ? [] : [sql`${time} >= ${textOf(filter.from)}`]),
    ...(filter.to === null ? [] : [sql`${time} < ${textOf(filter.to)}`]),
    ...(after === null ? [] : [sql`${time} <= ${textOf(after.at)}`, isOlder(time, key, after)]),
  ];
  return sql.join(conditions, sql` AND `);
}

/** Beside the range of the time, for no server sees a range in the comparison of whole keys. */
function isOlder(time: SQL, key: SQL, { at, key: last }: Position): SQL {
  const values = sql.join(
    last.map((part) => sql`${part}`),
    sql`, `,
  );
  return sql`(${time} < ${textOf(at)} OR (${key}) < (${values}))`;
}

function equals(column: string, value: string | null): SQL[] {
  return value === null ? [] : [sql`${sql.raw(column)} = ${value}`];
}

function orderOf({ order, instants, columns }: Listing): { time: SQL; key: SQL; descending: SQL } {
  const [time = "", ...key] = order.map((member) => instants[member] ?? columns[member] ?? "");
  const descending = [time, ...key].map((column) => `${column} DESC`).join(", ");
  return { time: sql.raw(time), key: sql.raw(key.join(", ")), descending: sql.raw(descending) };
}

function columnsOf({ instants, columns }: Listing): SQL {
  const aliased = Object.entries({ ...instants, ...columns }).map(([member, column]) => `${column} AS ${member}`);
  return sql.raw(aliased.join(", "));
}

/** What the driver gives: instants are texts. */
type FoundRow = Record<string, string | number | null>;

function toRow({ instants }: Listing, row: FoundRow): FoundRow {
  const times = Object.keys(instants).map((member) => [member, toInstant(row[member])]);
  return { ...row, ...Object.fromEntries(times) };
}

function toInstant(value: string | number | null | undefined): number | null {
  return typeof value === "string" ? instantOf(value) : null;
}

function positionOf({ order: [time, ...key] }: Listing, row: FoundRow): Position {
  return { at: Number(row[time]), key: key.map((member) => row[member] ?? "") };
}
