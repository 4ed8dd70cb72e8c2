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
 */
export type SendOutcome =
  | { kind: "accepted"; providerId: string | null }
  | { kind: "refused"; code: string; reason: string; retryAfterMs?: number }
  | { kind: "rejected"; code: string; reason: string; otherGateway: boolean }
  | { kind: "misconfigured"; code: string; reason: string }
  | { kind: "ambiguous"; code: string; reason: string };

export type SendOutcomeKind = SendOutcome["kind"];
