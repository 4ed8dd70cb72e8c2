import { bellsAgainFor } from "../domain/bell.ts";
import type { Receipt } from "../domain/receipt.ts";
import { STEP_NO, conclude, lookUpEventId, type Conclusion } from "../domain/reconciliation.ts";
import type { Services } from "../services.ts";
import { applyReceipts } from "./apply-receipts.ts";
import { gatherEvidence, type DueLook } from "./gather-evidence.ts";
import { ringBells } from "./ring-bells.ts";

const PER_RUN = 200;

type Needs = Pick<Services, "reconciling" | "receipts" | "adapters" | "bells" | "clock" | "log" | "times">;

type Concluded = { look: DueLook; source: string; conclusion: Conclusion };

/**
 * Finds out what became of messages whose answer was lost, and of sent ones that were never heard of again.
 * Proof that the provider has a message counts like a receipt; proven absence sends again; each step is written
 * down before the state moves.
 */
export async function reconcile(services: Needs): Promise<number> {
  const looks = await services.reconciling.findDue(PER_RUN);
  if (looks.length === 0) return 0;
  const evidence = await gatherEvidence(services, looks);
  const concluded = looks.flatMap((look): Concluded[] => {
    const found = evidence.get(look.attemptId);
    return found ? [{ look, source: found.source, conclusion: conclude(look, found, services.times) }] : [];
  });
  await services.reconciling.writeSteps(concluded.map(stepOf));
  const accounts = [...new Set(looks.map(({ account }) => account))];
  await applyReceipts(services, concluded.flatMap(receiptOf), accounts);
  await moveOthers(services, concluded);
  return looks.length;
}

function stepOf({ look, source, conclusion }: Concluded) {
  const { enterpriseId, deliveryId, attemptId, steps } = look;
  const { kind, because: message } = conclusion;
  return { enterpriseId, deliveryId, attemptId, stepNo: STEP_NO.look + steps, source, conclusion: kind, message };
}

/** What a provider has is as good as told by it. */
function receiptOf({ look, conclusion }: Concluded): Receipt[] {
  if (conclusion.kind !== "accepted") return [];
  const { enterpriseId, attemptId } = look;
  const eventId = lookUpEventId(conclusion.message);
  return [{ enterpriseId, attemptId, eventId, occurredAt: null, ...conclusion.message }];
}

async function moveOthers(services: Needs, concluded: Concluded[]): Promise<void> {
  const others = concluded.flatMap(({ look, conclusion }) =>
    conclusion.kind === "accepted" ? [] : [{ look, conclusion }],
  );
  if (others.length === 0) return;
  await services.reconciling.moveAfterLook(others);
  const resent = others.filter(({ conclusion }) => conclusion.kind === "proven_absent");
  await ringBells(services, bellsAgainFor(resent.map(({ look }) => look)));
}
