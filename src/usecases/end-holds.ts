import { bellsAgainFor } from "../domain/bell.ts";
import { STEP_NO, endOfHold } from "../domain/reconciliation.ts";
import type { Services } from "../services.ts";
import { ringBells } from "./ring-bells.ts";

const PER_RUN = 200;

/**
 * Ends the hold of deliveries of which no proof was found, as their enterprise wants it: parked until a receipt
 * comes, sent again, or dropped. Facts first, states last.
 */
export async function endHolds(services: Pick<Services, "holding" | "bells" | "log">): Promise<number> {
  const ended = await services.holding.findEnded(PER_RUN);
  if (ended.length === 0) return 0;
  const endings = ended.map((hold) => ({ hold, end: endOfHold(hold.policy) }));
  await services.holding.writeSteps(
    endings.map(({ hold: { enterpriseId, deliveryId, attemptId }, end }) => ({
      enterpriseId,
      deliveryId,
      attemptId: attemptId ?? "",
      stepNo: STEP_NO.policy,
      source: "policy",
      conclusion: end.state,
      message: end.message,
    })),
  );
  await services.holding.logEnds(endings);
  await services.holding.end(endings);
  await ringBells(
    services,
    bellsAgainFor(endings.flatMap(({ hold, end }) => (end.state === "retrying" ? [hold] : []))),
  );
  return ended.length;
}
