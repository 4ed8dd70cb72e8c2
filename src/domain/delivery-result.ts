import type { DueDelivery } from "./due-delivery.ts";
import { nextStep, type AttemptSituation, type NextStep } from "./next-step.ts";
import type { SendOutcome } from "./send-outcome.ts";
import type { SkipCode } from "./skip.ts";
import { suppressionKey, type SuppressionChange } from "./suppression.ts";

/** An attempt whose row is committed: what was called, and what came of it. */
export type AttemptResult = {
  attemptId: string;
  gatewayId: string;
  gateway: string;
  outcome: AttemptOutcome;
};

/**
 * `not_started`: the lease was running out, or the gateway kept failing, before the call's turn came. Its
 * delivery is due again after `waitMs`, at once by default.
 */
export type AttemptOutcome = SendOutcome | { kind: "not_started"; waitMs?: number };

/** The code of an attempt whose sender went away before it heard the answer. */
export const LEASE_EXPIRED = "lease_expired";

/** What becomes of a delivery that a batch has dealt with. */
export type ResultStep =
  | NextStep
  | { state: "skipped"; code: SkipCode }
  /** Given back unsent, due again after `delayMs`. */
  | { state: "given_back"; delayMs: number }
  /** Skipped when it was accepted; only its reason was still to be logged. */
  | { state: "skip_logged"; code: string };

/** What recording needs to know of a delivery. `attemptNo`: of the claim that the result belongs to. */
export type ClaimedDelivery = Pick<
  DueDelivery,
  "enterpriseId" | "deliveryId" | "shipmentId" | "status" | "occurredAt" | "lane" | "channel" | "attemptNo" | "wasTried"
>;

/** One line of a batch's record. `optOut`: what the provider said about the address, beyond this delivery. */
export type DeliveryResult = {
  delivery: ClaimedDelivery;
  attempt: AttemptResult | null;
  step: ResultStep;
  optOut?: SuppressionChange | undefined;
};

/** The change of the list of addresses that are not to be used, where a refusal calls for one. */
export function optOutBy(
  outcome: AttemptOutcome,
  to: string,
  { enterpriseId, channelId, now }: Pick<DueDelivery, "enterpriseId" | "channelId" | "now">,
): SuppressionChange | undefined {
  const address = suppressionKey(to);
  if (outcome.kind !== "rejected" || !outcome.optedOut || address === null || channelId === null) return undefined;
  return { enterpriseId, channelId, address, wish: "stopped", at: now };
}

/** What becomes of a delivery whose intent was committed. */
export function stepAfter(outcome: AttemptOutcome, situation: AttemptSituation): ResultStep {
  if (outcome.kind === "not_started") return { state: "given_back", delayMs: outcome.waitMs ?? 0 };
  return nextStep(outcome, situation);
}
