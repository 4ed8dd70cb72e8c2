import type { OrderUpdate } from "./order-update.ts";
import type { StoredDelivery } from "./original.ts";
import type { PlannedDelivery } from "./plan.ts";
import type { UpdateKeys } from "./update-keys.ts";

/** An update that is about to be stored: one row for each delivery and each skip. */
export type NewUpdate = {
  updateId: string;
  update: OrderUpdate;
  keys: UpdateKeys;
  /** How long after its acceptance it is dropped, in ms. */
  expiresAfterMs: number;
  deliveries: (PlannedDelivery & { deliveryId: string })[];
};

/** Its rows as they are read once they are stored, and before anything has come of them. */
export function rowsOf({ updateId, update: { enterpriseId }, keys, deliveries }: NewUpdate): StoredDelivery[] {
  return deliveries.map(({ deliveryId, channelId, channel, gatewayId, gateway, skip }) => ({
    enterpriseId,
    updateId,
    deliveryId,
    ...keys,
    channelId,
    channel,
    gatewayId,
    gateway,
    state: skip === null ? "queued" : "skipped",
    code: skip,
  }));
}
