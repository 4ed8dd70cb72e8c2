import { answerOf, enterpriseNotFound, mismatch, type AcceptedUpdate } from "../domain/accepted-update.ts";
import { AppError } from "../domain/app-error.ts";
import type { Enterprise } from "../domain/directory.ts";
import { rowsOf, type NewUpdate } from "../domain/new-update.ts";
import type { OrderUpdate } from "../domain/order-update.ts";
import { createOriginals, judgeOriginal, type StoredDelivery } from "../domain/original.ts";
import { updateKeys } from "../domain/update-keys.ts";
import type { Services } from "../services.ts";
import { planUpdate, ringForUpdates, type KeyedUpdate } from "./plan-update.ts";

type Needs = Parameters<typeof ringForUpdates>[0] &
  Parameters<typeof planUpdate>[0] &
  Pick<Services, "directory" | "updates">;

/** An update as it came in an array. */
export type PostedUpdate = { update: OrderUpdate; idempotencyKey: string | null };

/** What one of them is answered. */
export type UpdateAnswer = AcceptedUpdate | AppError;

/** So often it is tried anew after others stored some of them meanwhile. Each time at least one is settled by that. */
const ROUNDS = 5;

/**
 * Accepts many order updates at once, each as if it came alone and in their order: one read of the directory, one of
 * what came before, one INSERT of the rest. Throws Outage when the database does not answer, and any of them may have
 * been accepted all the same: to post all of them again is safe.
 */
export async function acceptOrderUpdates(services: Needs, posted: PostedUpdate[]): Promise<UpdateAnswer[]> {
  const keyed = await Promise.all(posted.map(withKeys));
  const found = services.directory.findAll([...new Set(posted.map(idOf))], services.defer);
  const plans = new Map<KeyedUpdate, NewUpdate>();
  for (let round = 1; ; round++) {
    const [enterprises, stored] = await Promise.all([found, services.updates.findOriginals(keyed)]);
    const { answers, toStore } = judgeAll(services, keyed, { enterprises, stored, plans });
    const mayStore = round <= ROUNDS;
    const isStored = toStore.length === 0 || (mayStore && (await services.updates.insertAll(toStore)) === "inserted");
    if (!isStored && mayStore) continue;
    const missing = new Set<unknown>(isStored ? [] : toStore.map(({ updateId }) => updateId));
    ringForUpdates(
      services,
      [...plans.values()].filter(({ updateId }) => !missing.has(updateId)),
    );
    return answers.map((answer) => (missing.has(updateIdOf(answer)) ? notAccepted() : answer));
  }
}

async function withKeys({ update, idempotencyKey }: PostedUpdate): Promise<KeyedUpdate> {
  return { update, keys: await updateKeys(update, idempotencyKey) };
}

function idOf({ update }: { update: OrderUpdate }): string {
  return update.enterpriseId;
}

type Known = {
  enterprises: ReadonlyMap<string, Enterprise | null>;
  stored: StoredDelivery[];
  /** What was planned in an earlier round; some of it may be stored, where it took more than one statement. */
  plans: Map<KeyedUpdate, NewUpdate>;
};

/** What each is answered once `toStore` is stored. Of two that are the same the later one repeats the earlier one. */
function judgeAll(services: Needs, keyed: KeyedUpdate[], { enterprises, stored, plans }: Known) {
  const originals = createOriginals(stored);
  const toStore: NewUpdate[] = [];
  const answers = keyed.map((one): UpdateAnswer => {
    const judgement = judgeOriginal(originals.of(idOf(one), one.keys), one.keys);
    switch (judgement.kind) {
      case "mismatch":
        return forget(plans, one, mismatch(judgement.key));
      case "replay": {
        const isOwn = judgement.rows[0]?.updateId === plans.get(one)?.updateId;
        const answer = answerOf(judgement.rows, !isOwn);
        return isOwn ? answer : forget(plans, one, answer);
      }
      case "none": {
        const enterprise = enterprises.get(idOf(one));
        if (!enterprise) return enterpriseNotFound();
        const planned = planUpdate(services, one, enterprise);
        if (planned instanceof AppError) return planned;
        plans.set(one, planned);
        toStore.push(planned);
        originals.add(rowsOf(planned));
        return answerOf(rowsOf(planned), false);
      }
    }
  });
  return { answers, toStore };
}

/** Others were faster: what was planned for it is nobody's. */
function forget(plans: Map<KeyedUpdate, NewUpdate>, one: KeyedUpdate, answer: UpdateAnswer): UpdateAnswer {
  plans.delete(one);
  return answer;
}

function updateIdOf(answer: UpdateAnswer): unknown {
  return answer instanceof AppError ? answer.extras.members?.["update_id"] : answer.updateId;
}

function notAccepted(): AppError {
  return new AppError(
    "database_unavailable",
    "Others were storing the same updates. This one was not accepted; repeat it.",
  );
}
