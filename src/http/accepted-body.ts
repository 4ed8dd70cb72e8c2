import type { AcceptedUpdate } from "../domain/accepted-update.ts";

/** What an accepted update is answered. */
export function bodyOf({ updateId, replayed, deliveries, skipped }: AcceptedUpdate) {
  return {
    status: 202,
    message: replayed ? "Accepted before; nothing was sent again." : "Accepted.",
    update_id: updateId,
    deliveries: deliveries.map(({ deliveryId, ...delivery }) => ({ delivery_id: deliveryId, ...delivery })),
    skipped,
  };
}
