import { format } from "@planetscale/database";
import type { NewUpdate } from "../domain/new-update.ts";
import type { Times } from "../domain/times.ts";
import type { Db } from "./client.ts";
import { isDuplicateKey } from "./errors.ts";
import { textOf } from "./time.ts";

/**
 * Stores an update: its deliveries and skips in one plain multi-row INSERT, in key order. IGNORE would cut
 * texts silently and deadlocks on MySQL; a duplicate key refuses the statement whole.
 */
export async function insertUpdate(db: Db, newUpdate: NewUpdate, times: Times) {
  return insertRows(db, rowsOf(newUpdate, times));
}

/** The most that one statement may have, in characters: a server takes no more than 16 MB by default, of any UTF-8. */
const LONGEST = 4_000_000;

/**
 * Stores many updates by one such INSERT. Only where what is copied to each channel comes to more than a server takes,
 * it is more than one; then `duplicate` may have stored some of the updates, each of them whole.
 */
export async function insertUpdates(db: Db, newUpdates: NewUpdate[], times: Times) {
  let rows: string[] = [];
  let length = 0;
  for (const newUpdate of newUpdates.toSorted(byUniqueKey)) {
    const more = rowsOf(newUpdate, times);
    const moreLength = more.reduce((sum, row) => sum + row.length, 0);
    if (length > 0 && length + moreLength > LONGEST) {
      if ((await insertRows(db, rows)) === "duplicate") return "duplicate";
      [rows, length] = [[], 0];
    }
    rows.push(...more);
    length += moreLength;
  }
  return insertRows(db, rows);
}

/** Ids are new, so what two arrays may meet at is the key of an update: all go through those in the same order. */
function byUniqueKey(a: NewUpdate, b: NewUpdate): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

function keyOf({ update, keys }: NewUpdate): string {
  return `${update.enterpriseId}\n${keys.updateKey}`;
}

async function insertRows(db: Db, rows: string[]): Promise<"inserted" | "duplicate"> {
  try {
    await db.$client.execute(`${INSERT} ${rows.join(", ")}`);
    return "inserted";
  } catch (error) {
    if (isDuplicateKey(error)) return "duplicate";
    throw error;
  }
}

/** Past drizzle, which takes longer to put this together than the driver takes to send it; what rows share is written once. */
function rowsOf(newUpdate: NewUpdate, times: Times): string[] {
  const shared = format(SHARED_VALUES, sharedValues(newUpdate, times));
  return newUpdate.deliveries.map((row) => `(${shared}, ${format(OWN_VALUES, ownValues(row))}, ${settledAt(row)})`);
}

const INSERT = `INSERT INTO deliveries (enterprise_id, update_id, update_key, idempotency_hash, fingerprint, shipment_id,
  status, occurred_at, timestamp_text, data, ring_at, expires_at, due_at, accepted_at,
  delivery_id, position, lane, channel_id, channel, gateway_id, gateway, template_id, state, code, settled_at) VALUES`;

const SHARED_VALUES = `?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND,
  UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)`;

const OWN_VALUES = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

function settledAt({ skip }: NewUpdate["deliveries"][number]): string {
  return skip === null ? "NULL" : "UTC_TIMESTAMP(3)";
}

function sharedValues({ updateId, update, keys, expiresAfterMs }: NewUpdate, times: Times): unknown[] {
  const { enterpriseId, shipmentId, status, occurredAt, timestampText, data } = update;
  return [
    enterpriseId,
    updateId,
    keys.updateKey,
    keys.idempotencyHash,
    keys.fingerprint,
    shipmentId,
    status,
    textOf(occurredAt),
    timestampText,
    data === null ? null : JSON.stringify(data),
    Math.round(times.silentAfter) * 1000,
    Math.round(expiresAfterMs) * 1000,
  ];
}

function ownValues(row: NewUpdate["deliveries"][number]): unknown[] {
  const { deliveryId, position, lane, channelId, channel, gatewayId, gateway, templateId, skip } = row;
  const state = skip ? "skipped" : "queued";
  return [deliveryId, position, lane, channelId, channel, gatewayId, gateway, templateId, state, skip];
}
