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
import { afterMs, utcNow } from "./time.ts";

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
  const { updateId, update, keys, expiresAfterMs, deliveries: rows } = newUpdate;
  const shared = {
    updateId,
    enterpriseId: update.enterpriseId,
    ...keys,
    shipmentId: update.shipmentId,
    status: update.status,
    occurredAt: update.occurredAt,
    timestampText: update.timestampText,
    data: update.data,
    acceptedAt: utcNow,
    expiresAt: afterMs(expiresAfterMs),
    dueAt: utcNow,
    ringAt: afterMs(times.silentAfter),
  };
  try {
    await db.insert(deliveries).values(
      rows.map(({ skip, ...row }) => ({
        ...shared,
        ...row,
        state: skip ? "skipped" : "queued",
        code: skip,
        settledAt: skip ? utcNow : null,
      })),
    );
    return "inserted";
  } catch (error) {
    if (isDuplicateKey(error)) return "duplicate";
    throw error;
  }
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
