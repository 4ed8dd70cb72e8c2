import { retryDelayMs } from "./backoff.ts";
import type { FailureCode } from "./delivery.ts";
import type { SendOutcome } from "./send-outcome.ts";

/** An ambiguous delivery is held this long for a receipt before it is parked as `unconfirmed`, in ms. */
export const HOLD_MS = 60 * 60 * 1000;

/** What becomes of a delivery after an attempt. `delayMs`: until the next attempt may start. */
export type NextStep =
  | { state: "sent" }
  | { state: "retrying"; delayMs: number }
  | { state: "unknown"; holdMs: number }
  | { state: "failed"; code: FailureCode; reason: string; providerCode: string };

export type AttemptSituation = {
  attemptNo: number;
  /** Another gateway of the channel can be asked, and was asked less often than this one. */
  hasFreshGateway: boolean;
  /** Another gateway of the channel can be asked at all. */
  hasOtherGateway: boolean;
  /** In [0, 1). */
  random: number;
};

/** Decides what an outcome means. Only what is surely not sent is ever tried again. */
export function nextStep(outcome: SendOutcome, situation: AttemptSituation): NextStep {
  switch (outcome.kind) {
    case "accepted":
      return { state: "sent" };
    case "ambiguous":
      return { state: "unknown", holdMs: HOLD_MS };
    case "refused":
      return { state: "retrying", delayMs: delayAfterRefusal(outcome.retryAfterMs, situation) };
    case "misconfigured":
      return situation.hasOtherGateway ? failOver : failed("misconfigured", outcome);
    case "rejected":
      return situation.hasOtherGateway && outcome.otherGateway ? failOver : failed("rejected", outcome);
  }
}

const failOver: NextStep = { state: "retrying", delayMs: 0 };

function delayAfterRefusal(retryAfterMs: number | undefined, situation: AttemptSituation): number {
  if (situation.hasFreshGateway) return 0;
  return retryDelayMs(situation.attemptNo, situation.random, retryAfterMs);
}

function failed(code: FailureCode, outcome: { code: string; reason: string }): NextStep {
  return { state: "failed", code, reason: outcome.reason, providerCode: outcome.code };
}
