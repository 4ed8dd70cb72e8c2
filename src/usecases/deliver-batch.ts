import { planBatch, trialsDue, type PlannedSend } from "../domain/batch-plan.ts";
import { bellsAgainFor } from "../domain/bell.ts";
import { optOutBy, stepAfter, type DeliveryResult, type ResultStep } from "../domain/delivery-result.ts";
import type { DueDelivery } from "../domain/due-delivery.ts";
import { isOutage } from "../domain/outage.ts";
import { laneOf } from "../domain/lane.ts";
import { reachableRoutes } from "../domain/send-decision.ts";
import { callWindow } from "../domain/times.ts";
import type { Services } from "../services.ts";
import { callAll, type Call, type Streaks } from "./call-all.ts";
import { keepTrying } from "./keep-trying.ts";
import { recordResults } from "./record-results.ts";
import { reviewGateways } from "./review-gateways.ts";
import { ringBells } from "./ring-bells.ts";

type Needs = Pick<Services, "sending" | "health" | "adapters" | "bells" | "ids" | "clock" | "random" | "times" | "log">;

type Intent = Parameters<Needs["sending"]["commitIntents"]>[0][number];

/**
 * What a batch came to, for the log: how many were named, found, and called for, how many lost their lease before that, and
 * how many went on to each state.
 */
export type BatchReport = { named: number; results: number; called: number; lost: number } & Partial<
  Record<ResultStep["state"], number>
>;

/**
 * Sends what is due among the named deliveries: claim, load, intent, call, record. A fixed number of
 * statements, whatever the number of deliveries. Throws when the database fails; what was claimed then comes
 * back when its lease ends.
 */
export async function deliverBatch(
  services: Needs,
  named: { enterpriseId: string; deliveryId: string }[],
): Promise<BatchReport> {
  const leaseToken = services.ids.next("lse");
  const claimedAt = services.clock.now();
  await services.sending.claim(named, leaseToken);
  const loaded = await keepTrying(() => services.sending.load(named, leaseToken), services.clock);

  const trials = await takeTrials(services, loaded);
  const { sends, results } = planBatch(loaded, { ...services, trials });
  const { calls, lost } = await intend(services, sends, leaseToken);

  const report: BatchReport = { named: named.length, results: loaded.length, called: calls.length, lost };
  const record = async (called: DeliveryResult[]) => {
    const recorded = [...results, ...called];
    await recordResults(services, recorded);
    results.splice(0);
    for (const { step } of recorded) report[step.state] = (report[step.state] ?? 0) + 1;
  };
  const streaks = await callAll(calls, { ...services, deadline: claimedAt + callWindow(services.times), record });
  await reviewIfTelling(services, streaks, trials);
  await ringForBlocked(services, loaded);
  return report;
}

/** The trials that are due and nobody else has taken. One more statement, and only when one is due. */
async function takeTrials({ sending, times }: Needs, loaded: DueDelivery[]): Promise<Set<string>> {
  const due = trialsDue(loaded, times);
  return new Set(due.length === 0 ? [] : await sending.takeTrials(due));
}

/** What shows that a gateway is down, or is up again, is not left to the next sweep. Else no statement is spent. */
async function reviewIfTelling(services: Needs, streaks: Streaks, trials: Set<string>): Promise<void> {
  const isTelling = [...streaks].some(([id, { good, failed }]) => trials.has(id) || (failed > 0 && good === 0));
  if (!isTelling) return;
  try {
    await reviewGateways(services);
  } catch (error) {
    services.log.error("review_failed", error);
  }
}

/** Commits the intents and turns those that hold into calls. What lost its lease is nobody's business here. */
async function intend(
  services: Needs,
  sends: PlannedSend[],
  leaseToken: string,
): Promise<{ calls: Call[]; lost: number }> {
  if (sends.length === 0) return { calls: [], lost: 0 };
  const byAttempt = new Map(sends.map((send) => [services.ids.next("att"), send]));
  const intents = [...byAttempt].map(([attemptId, { delivery, route }]) => ({
    attemptId,
    enterpriseId: delivery.enterpriseId,
    deliveryId: delivery.deliveryId,
    gatewayId: route.gateway.gatewayId,
    gateway: route.gateway.gatewayName,
    to: route.to,
  }));
  const committed = await commitIntents(services, intents, leaseToken);
  const calls = committed.flatMap(({ attemptId }) => {
    const send = byAttempt.get(attemptId);
    return send ? [toCall(services, attemptId, send)] : [];
  });
  return { calls, lost: sends.length - calls.length };
}

/** Where the answer to the intents is lost, the rows tell: what is there may be called, and the rest never is. */
async function commitIntents({ sending, clock }: Needs, intents: Intent[], leaseToken: string): Promise<Intent[]> {
  try {
    return await sending.commitIntents(intents, leaseToken);
  } catch (error) {
    if (!isOutage(error)) throw error;
    return keepTrying(() => sending.findCommitted(intents), clock);
  }
}

function triesOf({ candidates }: DueDelivery): number {
  return candidates.reduce((tries, candidate) => tries + candidate.tries, 0);
}

function toCall(services: Needs, attemptId: string, { delivery, route: { gateway, to }, content }: PlannedSend): Call {
  const { gatewayId, gatewayName, adapter, account, sender } = gateway;
  const attempt = { attemptId, gatewayId, gateway: gatewayName };
  return {
    gatewayId,
    send: (ending) =>
      services
        .adapters(adapter, account, gateway)
        .send({ ...content, enterpriseId: delivery.enterpriseId, attemptId, to, sender }, ending),
    resultOf: (outcome) => ({
      delivery,
      attempt: { ...attempt, outcome },
      optOut: optOutBy(outcome, to, delivery),
      step: stepAfter(outcome, {
        attemptNo: triesOf(delivery) + 1,
        random: services.random(),
        times: services.times,
        lane: delivery.lane,
        ...otherLanes(delivery, gatewayId),
      }),
    }),
  };
}

/** A gateway that is closed is not fresh: the next claim would only come back to this one, without a pause. */
function otherLanes(delivery: DueDelivery, usedId: string) {
  const used = delivery.candidates.find((candidate) => candidate.gatewayId === usedId);
  const others = reachableRoutes(delivery).flatMap(({ gateway }) => (gateway.gatewayId === usedId ? [] : [gateway]));
  const fresh = others.find(({ health, tries }) => health !== "closed" && tries < (used?.tries ?? 0) + 1);
  const lane = (gateway = others[0]) => (gateway === undefined ? null : laneOf(delivery.kind, gateway.track));
  return { otherLane: lane(), freshLane: fresh === undefined ? null : lane(fresh) };
}

/** Due, but not ours: a sibling is being sent. Their bells are repeated, or they would wait for the sweep. */
async function ringForBlocked(services: Needs, loaded: DueDelivery[]): Promise<void> {
  const blocked = loaded.filter((delivery) => delivery.due);
  await ringBells(
    services,
    bellsAgainFor(blocked.map((delivery) => ({ ...delivery, delayMs: services.times.waitForSibling }))),
  );
}
