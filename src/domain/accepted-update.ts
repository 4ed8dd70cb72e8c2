import { AppError } from "./app-error.ts";
import { pointerOf } from "./order-update.ts";
import type { StoredDelivery } from "./original.ts";
import type { MissingVariable } from "./plan.ts";
import { SKIP_REASONS, skipReason } from "./skip.ts";

/** What an accepted update is answered. `replayed`: it came before, and nothing was added. */
export type AcceptedUpdate = {
  updateId: string;
  replayed: boolean;
  deliveries: { deliveryId: string; channel: string; gateway: string; state: string }[];
  skipped: { channel: string; code: string; reason: string }[];
};

/**
 * What an update is answered whose rows are stored: without a gateway they were skipped when it was accepted, all
 * others are deliveries. An AppError where none of it can be sent.
 */
export function answerOf(rows: StoredDelivery[], replayed: boolean): AcceptedUpdate | AppError {
  const updateId = rows[0]?.updateId ?? "";
  const refused = rows.find((row) => row.channelId === null);
  if (refused?.code === "not_subscribed" || refused?.code === "no_channels") {
    return new AppError(refused.code, SKIP_REASONS[refused.code], {
      members: { update_id: updateId },
      headers: replayed ? { "Idempotency-Replayed": "true" } : {},
    });
  }
  return {
    updateId,
    replayed,
    deliveries: rows
      .filter((row) => row.gatewayId !== null)
      .map(({ deliveryId, channel, gateway, state }) => ({ deliveryId, channel, gateway, state })),
    skipped: rows
      .filter((row) => row.gatewayId === null)
      .map(({ channel, code }) => ({ channel, code: code ?? "", reason: skipReason(code ?? "") })),
  };
}

const MISMATCH_DETAIL = {
  business: "This shipment, status and timestamp was accepted before with other data. Nothing was sent.",
  idempotency: "This Idempotency-Key was used before for another update. Nothing was sent.",
};

/** What is answered when one of the two keys belongs to other content. */
export function mismatch(key: keyof typeof MISMATCH_DETAIL): AppError {
  return new AppError("content_mismatch", MISMATCH_DETAIL[key]);
}

/** Not accepted without what its messages have to say: nothing is stored, so the same update may come again with it. */
export function missingVariables(missing: MissingVariable[]): AppError {
  return new AppError("missing_variables", "The update lacks data that its messages need. Nothing was sent.", {
    errors: missing.map(({ name, channel }) => ({
      pointer: pointerOf(name.split(".")),
      message: `is needed by the template of ${channel}, as a text or a number`,
    })),
  });
}

export function enterpriseNotFound(): AppError {
  return new AppError("enterprise_not_found", "There is no enterprise with this enterprise_id.");
}
