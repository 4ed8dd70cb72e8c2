import { answerOf, enterpriseNotFound, mismatch, type AcceptedUpdate } from "../domain/accepted-update.ts";
import { AppError } from "../domain/app-error.ts";
import { rowsOf, type NewUpdate } from "../domain/new-update.ts";
import type { OrderUpdate } from "../domain/order-update.ts";
import { judgeOriginal } from "../domain/original.ts";
import { updateKeys } from "../domain/update-keys.ts";
import type { Services } from "../services.ts";
import { planUpdate, ringForUpdates, type KeyedUpdate } from "./plan-update.ts";

type Needs = Parameters<typeof ringForUpdates>[0] &
  Parameters<typeof planUpdate>[0] &
  Pick<Services, "directory" | "updates">;

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
  const keyed = { update, keys: await updateKeys(update, idempotencyKey) };
  const enterprise = await services.directory.find(update.enterpriseId, services.defer);
  const planned = enterprise === null ? enterpriseNotFound() : planUpdate(services, keyed, enterprise);
  const answer = planned instanceof AppError ? null : await commit(services, planned);
  return orThrow(answer ?? (await findReplay(services, keyed)) ?? nothingFound(planned));
}

/** Null where the update came before. */
async function commit(services: Needs, planned: NewUpdate): Promise<AcceptedUpdate | AppError | null> {
  const inserted = await services.updates.insert(planned);
  if (inserted === "duplicate") return null;
  ringForUpdates(services, [planned]);
  return answerOf(rowsOf(planned), false);
}

async function findReplay(
  { updates }: Needs,
  { update, keys }: KeyedUpdate,
): Promise<AcceptedUpdate | AppError | null> {
  const judgement = judgeOriginal(await updates.findOriginal(update.enterpriseId, keys), keys);
  switch (judgement.kind) {
    case "none":
      return null;
    case "mismatch":
      return mismatch(judgement.key);
    case "replay":
      return answerOf(judgement.rows, true);
  }
}

/** A unique key said that the original is there; rows are kept for longer than repeats are accepted. */
function nothingFound(planned: NewUpdate | AppError): AppError {
  if (planned instanceof AppError) return planned;
  throw new Error("An update was refused as a duplicate, but its original cannot be found.");
}

function orThrow(answer: AcceptedUpdate | AppError): AcceptedUpdate {
  if (answer instanceof AppError) throw answer;
  return answer;
}
