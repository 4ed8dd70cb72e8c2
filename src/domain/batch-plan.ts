import type { DeliveryResult } from "./delivery-result.ts";
import type { DueDelivery } from "./due-delivery.ts";
import { renderMessage, type MessageContent } from "./message.ts";
import { decideSend, reachableRoutes, type Route, type SendDecision } from "./send-decision.ts";
import type { SkipCode } from "./skip.ts";
import type { Times } from "./times.ts";

/** A delivery that is to be sent: what, and how. */
export type PlannedSend = { delivery: DueDelivery; route: Route; content: MessageContent };

/** What a batch will do: calls to make, and results that need none. */
export type BatchPlan = { sends: PlannedSend[]; results: DeliveryResult[] };

type Circumstances = {
  times: Times;
  /** Gateways whose one trial this batch has taken. */
  trials: ReadonlySet<string>;
  /** In [0, 1). */
  random: () => number;
};

/**
 * Decides about each claimed delivery. Of siblings claimed together only the oldest goes; of those that a
 * resting gateway could carry only the first tries it.
 */
export function planBatch(loaded: DueDelivery[], { times, trials, random }: Circumstances): BatchPlan {
  const plan: BatchPlan = { sends: [], results: [] };
  const busy = new Set<string>();
  const untried = new Set(trials);
  for (const delivery of loaded.toSorted(byAge)) {
    if (delivery.unlogged) {
      plan.results.push({ delivery, attempt: null, step: { state: "skip_logged", code: delivery.code ?? "" } });
    }
    if (!delivery.mine) continue;
    const sibling = JSON.stringify([delivery.enterpriseId, delivery.shipmentId, delivery.channelId]);
    const decision: SendDecision = busy.has(sibling) ? { kind: "wait" } : decideSend(delivery, times, untried);
    const skip = (code: SkipCode) => plan.results.push({ delivery, attempt: null, step: { state: "skipped", code } });
    const giveBack = (delayMs: number) =>
      plan.results.push({ delivery, attempt: null, step: { state: "given_back", delayMs } });
    switch (decision.kind) {
      case "send": {
        const rendering = renderMessage(delivery);
        if (!rendering.ok) {
          skip("template_failed");
          break;
        }
        busy.add(sibling);
        untried.delete(decision.gateway.gatewayId);
        plan.sends.push({ delivery, route: decision, content: rendering.content });
        break;
      }
      case "skip":
        skip(decision.code);
        break;
      case "wait":
        busy.add(sibling);
        giveBack(times.waitForSibling);
        break;
      case "closed":
        busy.add(sibling);
        giveBack(untilOpen(delivery, times, random()));
    }
  }
  return plan;
}

/** The resting gateways whose trial is due and which a claimed delivery would go through if it could. */
export function trialsDue(loaded: DueDelivery[], times: Times): string[] {
  const claimed = loaded.filter((delivery) => delivery.mine);
  const due = claimed
    .flatMap((delivery) => reachableRoutes(delivery).map(({ gateway }) => gateway))
    .filter((gateway) => gateway.health !== "well" && gateway.trialInMs <= 0);
  const trials = new Set(due.map((gateway) => gateway.gatewayId));
  if (trials.size === 0) return [];
  const decisions = claimed.map((delivery) => decideSend(delivery, times, trials));
  const chosen = new Set(decisions.flatMap((decision) => (decision.kind === "send" ? decision.gateway.gatewayId : [])));
  return [...trials].filter((gatewayId) => chosen.has(gatewayId)).toSorted();
}

/** Those who wait for the same gateway come back one after another, spread over one more rest. */
function untilOpen(delivery: DueDelivery, times: Times, random: number): number {
  const waits = reachableRoutes(delivery).map(({ gateway }) => gateway.trialInMs);
  return Math.max(times.retryShortest, Math.min(...waits) + Math.floor(random * times.healthRest));
}

function byAge(a: DueDelivery, b: DueDelivery): number {
  return a.occurredAt - b.occurredAt || (a.deliveryId < b.deliveryId ? -1 : 1);
}
