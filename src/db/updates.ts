import { format } from "@planetscale/database";
import type { StoredDelivery } from "../domain/original.ts";
import type { OrderUpdate } from "../domain/order-update.ts";
import type { PlannedDelivery } from "../domain/plan.ts";
import type { Times } from "../domain/times.ts";
import type { UpdateKeys } from "../domain/update-keys.ts";
import type { Db } from "./client.ts";
import { isDuplicateKey } from "./errors.ts";
import { textOf } from "./time.ts";

export type NewUpdate = {
  updateId: string;
  update: OrderUpdate;
  keys: UpdateKeys;
  /** How long after its acceptance it is dropped, in ms. */
  expiresAfterMs: number;
  deliveries: (PlannedDelivery & { deliveryId: string })[];
};

/**
 * Stores an update: its deliveries and skips in one plain multi-row INSERT, in key order. IGNORE would cut
 * texts silently and deadlocks on MySQL; a duplicate key refuses the statement whole.
 */
export async function insertUpdate(db: Db, newUpdate: NewUpdate, times: Times) {
  // Past drizzle, which takes as long to put this statement together as the driver takes to send it; and what the
  // rows share is made text only once.
  const shared = format(SHARED_VALUES, sharedValues(newUpdate, times));
  const rows = newUpdate.deliveries.map(
    (row) => `(${shared}, ${format(OWN_VALUES, ownValues(row))}, ${settledAt(row)})`,
  );
  try {
    await db.$client.execute(`${INSERT} ${rows.join(", ")}`);
    return "inserted";
  } catch (error) {
    if (isDuplicateKey(error)) return "duplicate";
    throw error;
  }
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

/** All rows that share the business key or the idempotency key of a post, in the order of their positions. */
export async function findOriginal(
  db: Db,
  enterpriseId: string,
  { updateKey, idempotencyHash }: UpdateKeys,
): Promise<StoredDelivery[]> {
  const { rows } =
    idempotencyHash === null
      ? await db.$client.execute<Stored>(BY_UPDATE, [enterpriseId, updateKey])
      : await db.$client.execute<Stored>(BY_EITHER, [enterpriseId, updateKey, enterpriseId, idempotencyHash]);
  return rows.toSorted((a, b) => a.position - b.position).map(({ position: _, ...row }) => row);
}

type Stored = StoredDelivery & { position: number };

const STORED = `SELECT update_id AS updateId, delivery_id AS deliveryId, position, update_key AS updateKey,
  idempotency_hash AS idempotencyHash, fingerprint, channel_id AS channelId, channel, gateway_id AS gatewayId, gateway,
  state, code FROM deliveries WHERE enterprise_id = ? AND`;
const BY_UPDATE = `${STORED} update_key = ?`;
const BY_EITHER = `${BY_UPDATE} UNION ${STORED} idempotency_hash = ?`;
