import { missingVariables } from "../domain/accepted-update.ts";
import type { AppError } from "../domain/app-error.ts";
import type { Enterprise } from "../domain/directory.ts";
import { expiryOf } from "../domain/expiry.ts";
import type { NewUpdate } from "../domain/new-update.ts";
import type { OrderUpdate } from "../domain/order-update.ts";
import { planDeliveries } from "../domain/plan.ts";
import type { UpdateKeys } from "../domain/update-keys.ts";
import type { Services } from "../services.ts";
import { ringTogether } from "./ring-together.ts";

/** An update with what makes another post the same. */
export type KeyedUpdate = { update: OrderUpdate; keys: UpdateKeys };

/** What is to be stored of an update, under ids of its own; or why nothing is. */
export function planUpdate(
  { ids, expiry, times }: Pick<Services, "ids" | "expiry" | "times">,
  { update, keys }: KeyedUpdate,
  enterprise: Enterprise,
): NewUpdate | AppError {
  const plan = planDeliveries(enterprise, update);
  if (plan.kind === "planned" && plan.missing.length > 0) return missingVariables(plan.missing);
  return {
    updateId: ids.next("upd"),
    update,
    keys,
    expiresAfterMs: expiryOf(update.status, expiry, times.expires),
    deliveries: plan.deliveries.map((planned) => ({ ...planned, deliveryId: ids.next("dlv") })),
  };
}

/** Rings for all rows of updates that are committed, skips included, whose reasons are still to be logged. */
export function ringForUpdates(
  services: Parameters<typeof ringTogether>[0] & Pick<Services, "defer">,
  stored: NewUpdate[],
): void {
  const due = stored.flatMap(({ update: { enterpriseId }, deliveries }) =>
    deliveries.map(({ lane, deliveryId }) => ({ lane, enterpriseId, deliveryId })),
  );
  if (due.length > 0) services.defer(ringTogether(services, due));
}
