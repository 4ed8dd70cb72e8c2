import { retryDelayMs } from "./backoff.ts";
import type { FailureCode } from "./delivery.ts";
import type { Lane } from "./lane.ts";
import type { SendOutcome } from "./send-outcome.ts";
import type { Times } from "./times.ts";

/**
 * What becomes of a delivery after an attempt. `delayMs`: until the next attempt may start. `lane`: where its
 * bell rings, that of the gateway which is asked next.
 */
export type NextStep =
  | { state: "sent" }
  | { state: "retrying"; delayMs: number; lane: Lane }
  | { state: "unknown" }
  | { state: "failed"; code: FailureCode; reason: string; providerCode: string };

export type AttemptSituation = {
  attemptNo: number;
  /** The lane of the gateway that was asked. */
  lane: Lane;
  /** The lane of another gateway of the channel that can be asked, and was asked less often than this one. */
  freshLane: Lane | null;
  /** The lane of another gateway of the channel that can be asked at all. */
  otherLane: Lane | null;
  times: Times;
  /** In [0, 1). */
  random: number;
};

/** Decides what an outcome means. Only what is surely not sent is ever tried again. */
export function nextStep(outcome: SendOutcome, situation: AttemptSituation): NextStep {
  switch (outcome.kind) {
    case "accepted":
      return { state: "sent" };
    case "ambiguous":
      return { state: "unknown" };
    case "refused":
      return retryAfterRefusal(outcome.retryAfterMs, situation);
    case "misconfigured":
      return failOver(situation) ?? failed("misconfigured", outcome);
    case "rejected":
      return (outcome.otherGateway ? failOver(situation) : null) ?? failed("rejected", outcome);
  }
}

function failOver({ otherLane }: AttemptSituation): NextStep | null {
  return otherLane === null ? null : { state: "retrying", delayMs: 0, lane: otherLane };
}

function retryAfterRefusal(retryAfterMs: number | undefined, situation: AttemptSituation): NextStep {
  const { freshLane, lane, times, attemptNo, random } = situation;
  if (freshLane !== null) return { state: "retrying", delayMs: 0, lane: freshLane };
  return { state: "retrying", delayMs: retryDelayMs(times, attemptNo, random, retryAfterMs), lane };
}

function failed(code: FailureCode, outcome: { code: string; reason: string }): NextStep {
  return { state: "failed", code, reason: outcome.reason, providerCode: outcome.code };
}
