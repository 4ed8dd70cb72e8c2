import type { DeliveryState, FailureCode } from "./delivery.ts";
import type { AttemptOutcome } from "./delivery-result.ts";
import { sentence } from "./sentence.ts";
import { skipReason } from "./skip.ts";

/** What entries tell of, in the order of those of one instant: what came of something stands behind it. */
export const ENTRY_TYPES = ["accepted", "attempt", "receipt", "reconciliation", "log", "failure", "settled"] as const;

export type EntryType = (typeof ENTRY_TYPES)[number];

/**
 * One line of a shipment's story, from one row, as it is answered. `at`: RFC 3339, UTC with milliseconds.
 *
 * `outcome` is the one word that it came to: of an attempt what was answered (null: nothing yet), of a receipt its
 * kind, of a reconciliation its conclusion, of a settled delivery its state. `source`: who a receipt or a
 * reconciliation is from. `reason`: in words, as stored.
 */
export type TimelineRow = {
  at: string;
  type: EntryType;
  delivery_id: string;
  status: string;
  channel: string;
  gateway: string | null;
  attempt_id: string | null;
  attempt_no: number | null;
  outcome: string | null;
  code: string | null;
  provider_code: string | null;
  provider_id: string | null;
  source: string | null;
  reason: string | null;
};

/** What a line says, as a sentence. Words of a later version are told as they are. */
export function tellRow({ type, outcome, code, reason, source }: TimelineRow): string {
  switch (type) {
    case "accepted":
      return "The update was accepted.";
    case "attempt":
      return withReason(wordsFor(OUTCOMES, outcome ?? "none"), reason);
    case "receipt":
      return withReason(
        `${source === "look_up" ? "Found at the provider" : "The provider says"}: ${told(outcome)}`,
        reason,
      );
    case "reconciliation":
    case "failure":
      return sentence(reason ?? "");
    case "log":
      return "Logged as accepted by the provider.";
    case "settled":
      return sentence(settledWords(outcome ?? "", code));
  }
}

/** Why a delivery is where it is, as a sentence; null where its state says all. */
export function whyState(state: string, code: string | null): string | null {
  if (code === null) return null;
  return state === "skipped" ? skipReason(code) : wordsFor(FAILURES, code);
}

const OUTCOMES = {
  none: "The provider was to be asked; no answer has been recorded yet",
  accepted: "The provider took the message",
  refused: "The provider did not take the message for now",
  rejected: "The provider does not take this message",
  misconfigured: "The message cannot go through this gateway until its settings are mended",
  ambiguous: "Whether the provider took the message is not known",
  not_started: "The provider was not asked: time ran out, or the gateway kept failing, before it was this one's turn",
} as const satisfies Record<AttemptOutcome["kind"] | "none", string>;

const RECEIPTS = {
  progress: "the message is on its way",
  delivered: "the message was delivered",
  undelivered: "the message could not be delivered",
} as const;

const FAILURES = {
  rejected: "The provider does not take it for this recipient or content.",
  misconfigured: "Account, sender, template or credentials of the gateway are wrong.",
  undelivered: "The provider took it and could not deliver it.",
  unconfirmed: "Whether the provider took it is not known, and no proof was found.",
  dropped: "Whether the provider took it is not known, and the enterprise wants it dropped then.",
} as const satisfies Record<FailureCode, string>;

const ENDS = {
  delivered: "It was delivered.",
  undelivered: "It was not delivered",
  failed: "It failed",
  skipped: "It is not sent",
  unconfirmed: "It is parked",
} as const satisfies Partial<Record<DeliveryState, string>>;

function settledWords(state: string, code: string | null): string {
  const why = whyState(state, code);
  return why === null ? wordsFor(ENDS, state) : withReason(wordsFor(ENDS, state), why);
}

function told(kind: string | null): string {
  return wordsFor(RECEIPTS, kind ?? "");
}

function withReason(words: string, reason: string | null): string {
  return sentence(reason === null ? words : `${words}: ${reason}`);
}

function wordsFor(words: Record<string, string>, word: string): string {
  return (Object.hasOwn(words, word) ? words[word] : undefined) ?? word;
}
