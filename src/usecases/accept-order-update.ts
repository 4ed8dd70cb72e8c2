import { AppError } from "../domain/app-error.ts";
import { expiryOf } from "../domain/expiry.ts";
import { judgeOriginal, type StoredDelivery } from "../domain/original.ts";
import { pointerOf, type OrderUpdate } from "../domain/order-update.ts";
import { planDeliveries, type MissingVariable, type Plan } from "../domain/plan.ts";
import { SKIP_REASONS, skipReason } from "../domain/skip.ts";
import { updateKeys, type UpdateKeys } from "../domain/update-keys.ts";
import type { Services } from "../services.ts";
import { ringTogether } from "./ring-together.ts";

export type AcceptedUpdate = {
  updateId: string;
  replayed: boolean;
  deliveries: { deliveryId: string; channel: string; gateway: string; state: string }[];
  skipped: { channel: string; code: string; reason: string }[];
};

type Needs = Parameters<typeof ringTogether>[0] &
  Pick<Services, "directory" | "updates" | "ids" | "defer" | "times" | "expiry">;

/**
 * Accepts one order update: plans a delivery or a skip for each channel and commits them before it answers.
 * A repeat answers the original and adds nothing. Throws AppError `enterprise_not_found`, `not_subscribed`,
 * `no_channels`, `missing_variables` or `content_mismatch`; Outage when the database does not answer, and the update
 * may have been accepted all the same.
 */
export async function acceptOrderUpdate(
  services: Needs,
  update: OrderUpdate,
  idempotencyKey: string | null,
): Promise<AcceptedUpdate> {
  const keys = await updateKeys(update, idempotencyKey);
  const enterprise = await services.directory.find(update.enterpriseId, services.defer);
  if (enterprise === null) {
    return (await findReplay(services, update, keys)) ?? enterpriseNotFound();
  }
  const plan = planDeliveries(enterprise, update);
  if (plan.kind === "planned" && plan.missing.length > 0) {
    return (await findReplay(services, update, keys)) ?? missingVariables(plan.missing);
  }
  const accepted = await commit(services, update, keys, plan);
  if (accepted === "duplicate") return (await findReplay(services, update, keys)) ?? originalVanished();
  if (plan.kind === "refused") throw refusal(plan.code, accepted.updateId, false);
  return accepted;
}

async function commit(
  services: Needs,
  update: OrderUpdate,
  keys: UpdateKeys,
  plan: Plan,
): Promise<AcceptedUpdate | "duplicate"> {
  const updateId = services.ids.next("upd");
  const rows = plan.deliveries.map((planned) => ({ ...planned, deliveryId: services.ids.next("dlv") }));
  const expiresAfterMs = expiryOf(update.status, services.expiry, services.times.expires);
  const inserted = await services.updates.insert({ updateId, update, keys, expiresAfterMs, deliveries: rows });
  if (inserted === "duplicate") return "duplicate";
  const { enterpriseId } = update;
  services.defer(
    ringTogether(
      services,
      rows.map(({ lane, deliveryId }) => ({ lane, enterpriseId, deliveryId })),
    ),
  );
  return {
    updateId,
    replayed: false,
    deliveries: rows
      .filter((row) => row.skip === null)
      .map(({ deliveryId, channel, gateway }) => ({ deliveryId, channel, gateway, state: "queued" })),
    skipped: rows.flatMap(({ channel, skip }) =>
      skip === null ? [] : [{ channel, code: skip, reason: SKIP_REASONS[skip] }],
    ),
  };
}

async function findReplay(services: Needs, update: OrderUpdate, keys: UpdateKeys): Promise<AcceptedUpdate | null> {
  const judgement = judgeOriginal(await services.updates.findOriginal(update.enterpriseId, keys), keys);
  switch (judgement.kind) {
    case "none":
      return null;
    case "mismatch":
      throw new AppError("content_mismatch", MISMATCH_DETAIL[judgement.key]);
    case "replay":
      return replay(judgement.rows);
  }
}

const MISMATCH_DETAIL = {
  business: "This shipment, status and timestamp was accepted before with other data. Nothing was sent.",
  idempotency: "This Idempotency-Key was used before for another update. Nothing was sent.",
};

/** What the original was answered: rows without a gateway were skipped then, all others were deliveries. */
function replay(rows: StoredDelivery[]): AcceptedUpdate {
  const updateId = rows[0]?.updateId ?? "";
  const refused = rows.find((row) => row.channelId === null);
  if (refused?.code === "not_subscribed" || refused?.code === "no_channels") {
    throw refusal(refused.code, updateId, true);
  }
  return {
    updateId,
    replayed: true,
    deliveries: rows
      .filter((row) => row.gatewayId !== null)
      .map(({ deliveryId, channel, gateway, state }) => ({ deliveryId, channel, gateway, state })),
    skipped: rows
      .filter((row) => row.gatewayId === null)
      .map(({ channel, code }) => ({ channel, code: code ?? "", reason: skipReason(code ?? "") })),
  };
}

function refusal(code: "not_subscribed" | "no_channels", updateId: string, replayed: boolean): AppError {
  return new AppError(code, SKIP_REASONS[code], {
    members: { update_id: updateId },
    headers: replayed ? { "Idempotency-Replayed": "true" } : {},
  });
}

function enterpriseNotFound(): never {
  throw new AppError("enterprise_not_found", "There is no enterprise with this enterprise_id.");
}

/** Not accepted without what its messages have to say: nothing is stored, so the same update may come again with it. */
function missingVariables(missing: MissingVariable[]): never {
  throw new AppError("missing_variables", "The update lacks data that its messages need. Nothing was sent.", {
    errors: missing.map(({ name, channel }) => ({
      pointer: pointerOf(name.split(".")),
      message: `is needed by the template of ${channel}, as a text or a number`,
    })),
  });
}

/** A unique key said that the original is there; rows are kept for longer than repeats are accepted. */
function originalVanished(): never {
  throw new Error("An update was refused as a duplicate, but its original cannot be found.");
}
