import { and, eq } from "drizzle-orm";
import type { DeliveryState } from "../domain/delivery.ts";
import type { StoredDelivery } from "../domain/original.ts";
import type { OrderUpdate } from "../domain/order-update.ts";
import type { PlannedDelivery } from "../domain/plan.ts";
import type { Times } from "../domain/times.ts";
import type { UpdateKeys } from "../domain/update-keys.ts";
import type { Db } from "./client.ts";
import { isDuplicateKey } from "./errors.ts";
import { deliveries } from "./schema-deliveries.ts";

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
  const rows = newUpdate.deliveries;
  const shared = sharedValues(newUpdate, times);
  try {
    // Past drizzle, which would take as long to put this statement together as the driver takes to send it.
    await db.$client.execute(
      `${INSERT} ${rows.map(({ skip }) => (skip === null ? QUEUED_ROW : SKIPPED_ROW)).join(", ")}`,
      rows.flatMap((row) => [...shared, ...ownValues(row)]),
    );
    return "inserted";
  } catch (error) {
    if (isDuplicateKey(error)) return "duplicate";
    throw error;
  }
}

const INSERT = `INSERT INTO deliveries (
  enterprise_id, update_id, update_key, idempotency_hash, fingerprint, shipment_id, status, occurred_at, timestamp_text,
  data, ring_at, expires_at, delivery_id, position, lane, channel_id, channel, gateway_id, gateway, state, code,
  due_at, accepted_at, settled_at) VALUES`;

const AFTER = "UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND";
const QUEUED_ROW = rowOf("NULL");
const SKIPPED_ROW = rowOf("UTC_TIMESTAMP(3)");

function rowOf(settledAt: string): string {
  return `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${AFTER}, ${AFTER}, ?, ?, ?, ?, ?, ?, ?, ?, ?,
  UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ${settledAt})`;
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
    deliveries.occurredAt.mapToDriverValue(occurredAt),
    timestampText,
    data === null ? null : JSON.stringify(data),
    Math.round(times.silentAfter) * 1000,
    Math.round(expiresAfterMs) * 1000,
  ];
}

function ownValues(row: NewUpdate["deliveries"][number]): unknown[] {
  const { deliveryId, position, lane, channelId, channel, gatewayId, gateway, skip } = row;
  return [deliveryId, position, lane, channelId, channel, gatewayId, gateway, skip ? "skipped" : "queued", skip];
}

/** All rows that share the business key or the idempotency key of a post, in the order of their positions. */
export async function findOriginal(
  db: Db,
  enterpriseId: string,
  { updateKey, idempotencyHash }: UpdateKeys,
): Promise<StoredDelivery[]> {
  const byUpdate = db
    .select(storedColumns)
    .from(deliveries)
    .where(and(eq(deliveries.enterpriseId, enterpriseId), eq(deliveries.updateKey, updateKey)));
  const rows =
    idempotencyHash === null
      ? await byUpdate
      : await byUpdate.union(
          db
            .select(storedColumns)
            .from(deliveries)
            .where(and(eq(deliveries.enterpriseId, enterpriseId), eq(deliveries.idempotencyHash, idempotencyHash))),
        );
  return rows
    .toSorted((a, b) => a.position - b.position)
    .map(({ position: _, ...row }) => ({ ...row, state: row.state as DeliveryState }));
}

const storedColumns = {
  updateId: deliveries.updateId,
  deliveryId: deliveries.deliveryId,
  position: deliveries.position,
  updateKey: deliveries.updateKey,
  idempotencyHash: deliveries.idempotencyHash,
  fingerprint: deliveries.fingerprint,
  channelId: deliveries.channelId,
  channel: deliveries.channel,
  gatewayId: deliveries.gatewayId,
  gateway: deliveries.gateway,
  state: deliveries.state,
  code: deliveries.code,
};
