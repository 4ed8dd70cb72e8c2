/**
 * What one call to a provider proves. An adapter never throws for an answer; it returns one of these.
 *
 * - `accepted`: the provider has taken the message. `providerId` is its id, or null when the answer was a
 *   success whose id could not be read.
 * - `refused`: surely not sent, worth another try; `retryAfterMs` as the provider asked, in ms.
 * - `rejected`: surely not sent, and will not work for this recipient or content. `otherGateway` says
 *   whether another gateway of the channel may still carry it.
 * - `misconfigured`: surely not sent, and will not work through this gateway until an operator acts.
 * - `ambiguous`: may have been sent; never repeated blindly.
 *
 * `code` is the provider's own code where there is one. `reason` is ours, in words, free of personal data.
 * `misconfigured` is `gatewayWide` when no message can go through this gateway now, whatever its recipient.
 * `rejected` has `optedOut` when the provider says that the recipient wants no messages.
 */
export type SendOutcome =
  | { kind: "accepted"; providerId: string | null }
  | { kind: "refused"; code: string; reason: string; retryAfterMs?: number }
  | { kind: "rejected"; code: string; reason: string; otherGateway: boolean; optedOut?: boolean }
  | { kind: "misconfigured"; code: string; reason: string; gatewayWide?: boolean }
  | { kind: "ambiguous"; code: string; reason: string };

export type SendOutcomeKind = SendOutcome["kind"];

/**
 * Whether an outcome speaks against the gateway itself: it limits, it is down, it does not answer, it refuses
 * the account. What concerns one recipient or one message does not.
 */
export function blamesGateway(outcome: SendOutcome): boolean {
  switch (outcome.kind) {
    case "refused":
    case "ambiguous":
      return true;
    case "misconfigured":
      return outcome.gatewayWide === true;
    case "accepted":
    case "rejected":
      return false;
  }
}
