import type { FoundMessage } from "./look-up.ts";
import type { Times } from "./times.ts";

/** What an enterprise wants done about a message that may have been sent, once proof was waited for in vain. */
export const AMBIGUITY_POLICIES = ["hold", "resend", "drop"] as const;

export type AmbiguityPolicy = (typeof AMBIGUITY_POLICIES)[number];

/** A stored policy; one that this version does not know is the careful one. */
export function readPolicy(policy: string | null): AmbiguityPolicy {
  return policy === "resend" || policy === "drop" ? policy : "hold";
}

/** An attempt about whose message proof is looked for. `lookNo`: looks so far that found nothing. */
export type OpenQuestion = {
  state: "unknown" | "sent";
  lookNo: number;
  /** When the attempt was started, and the database's clock, ms since the epoch. */
  startedAt: number;
  now: number;
};

/** What was learnt about it. */
export type Evidence =
  /** The provider was asked. `messages`: those that fit and that no other attempt holds. */
  | { source: "look_up"; messages: FoundMessage[]; rivals: number }
  | { source: "look_up"; unanswered: string }
  /** The provider cannot be asked; its events of later messages of the account came in, at most five counted. */
  | { source: "events"; laterHeard: number }
  /** The answer or a receipt has come, and whoever wrote it down did not get as far as moving the delivery. */
  | { source: "record"; providerId: string | null }
  /** Nothing can be asked about it any more. */
  | { source: "nothing"; because: string };

/** A message that a provider has; of one that was not looked up the id may be missing. */
type KnownMessage = Omit<FoundMessage, "providerId"> & { providerId: string | null };

/**
 * What follows from it, each with its reason in words.
 *
 * - `accepted`: the provider has the message.
 * - `absent`: it has not, so far; said once more after a while, that is proof.
 * - `proven_absent`: it never got it, so it is sent again.
 * - `unclear`, `unanswered`: nothing follows yet; asked again in `againMs`, or never where that is null.
 */
export type Conclusion =
  | { kind: "accepted"; message: KnownMessage; because: string }
  | { kind: "absent"; againMs: number; because: string }
  | { kind: "proven_absent"; because: string }
  | { kind: "unclear" | "unanswered"; againMs: number | null; because: string };

/** So many looks that find nothing, each one `lookAgain` after the other, prove that there is nothing. */
const LOOKS_THAT_PROVE = 2;

/** So many later messages of the account of which events came prove that an event of this one would have come. */
export const LATER_HEARD_THAT_PROVE = 5;

/** Decides what the evidence proves. Only proven absence ever leads to sending again. */
export function conclude(question: OpenQuestion, evidence: Evidence, times: Times): Conclusion {
  switch (evidence.source) {
    case "look_up":
      return "unanswered" in evidence
        ? unanswered(question, evidence.unanswered, times)
        : concludeLookUp(question, evidence, times);
    case "events":
      return question.state === "sent"
        ? never("No receipt came, and the provider cannot be asked.")
        : silence(question, evidence.laterHeard, times);
    case "record":
      return {
        kind: "accepted",
        message: { providerId: evidence.providerId, kind: "progress", code: null, reason: null },
        because: "The provider is known to have the message.",
      };
    case "nothing":
      return never(evidence.because);
  }
}

function concludeLookUp(
  question: OpenQuestion,
  { messages, rivals }: { messages: FoundMessage[]; rivals: number },
  times: Times,
): Conclusion {
  const [message] = messages;
  if (message !== undefined && rivals > 0) {
    const because = `${messages.length} messages at the provider fit, and so do ${rivals} other attempts that are open.`;
    return { kind: "unclear", againMs: times.lookAgain, because };
  }
  if (message !== undefined) {
    return {
      kind: "accepted",
      message,
      because: "The provider has the message: sender, recipient and text are equal.",
    };
  }
  if (question.state === "sent") return never("The provider does not know the message any more.");
  if (question.lookNo + 1 < LOOKS_THAT_PROVE) {
    return { kind: "absent", againMs: times.lookAgain, because: "The provider has no such message so far." };
  }
  return { kind: "proven_absent", because: "The provider has no such message, asked twice: it was never sent." };
}

/** Events come for every message; their absence means something once those of later messages are there. */
function silence({ startedAt, now }: OpenQuestion, laterHeard: number, times: Times): Conclusion {
  const age = now - startedAt;
  if (age < times.eventsSilent) {
    return { kind: "unclear", againMs: times.eventsSilent - age, because: "Events of the message may still come." };
  }
  if (laterHeard < LATER_HEARD_THAT_PROVE) {
    const because = `No event came of this message, but only of ${laterHeard} later ones of the account.`;
    return { kind: "unclear", againMs: times.lookAgain, because };
  }
  const because = `Events came of ${laterHeard} later messages of the account and none of this one: it was never sent.`;
  return { kind: "proven_absent", because };
}

/** What may have been sent is urgent. What is merely late is not, and in vain after as long again. */
function unanswered({ state, startedAt, now }: OpenQuestion, because: string, times: Times): Conclusion {
  if (state === "unknown") return { kind: "unanswered", againMs: times.lookAgain, because };
  const isInVain = now - startedAt >= 2 * times.receiptLate;
  return { kind: "unanswered", againMs: isInVain ? null : times.hold, because };
}

function never(because: string): Conclusion {
  return { kind: "unclear", againMs: null, because };
}

/** How the event of such a receipt begins. */
export const LOOK_UP_EVENT = "look-up:";

/** The id of the receipt that stands for a message found at the provider. */
export function lookUpEventId({ providerId, kind }: KnownMessage): string {
  return `${LOOK_UP_EVENT}${providerId ?? ""}:${kind}`;
}

/** Whether a receipt stands for a message that was looked up, rather than for what the provider told. */
export function isLookUpEvent(eventId: string): boolean {
  return eventId.startsWith(LOOK_UP_EVENT);
}

/** Where the steps of an attempt's reconciliation are numbered from: looks, then what came from elsewhere. */
export const STEP_NO = { look: 1, receipt: 10_000, policy: 20_000 } as const;

/** What becomes of a delivery whose hold ended without proof. `code`: of its failure entry, null without one. */
export type HoldEnd =
  | { state: "unconfirmed"; code: "unconfirmed"; message: string }
  | { state: "failed"; code: "dropped"; message: string }
  | { state: "retrying"; code: null; message: string };

const NOT_KNOWN = "Whether the provider took the message is not known: its answer was lost and no proof was found.";

/** The enterprise's choice, once everything else was tried. */
export function endOfHold(policy: AmbiguityPolicy): HoldEnd {
  switch (policy) {
    case "hold":
      return { state: "unconfirmed", code: "unconfirmed", message: NOT_KNOWN };
    case "drop":
      return { state: "failed", code: "dropped", message: `${NOT_KNOWN} The enterprise wants it dropped then.` };
    case "resend":
      return { state: "retrying", code: null, message: `${NOT_KNOWN} The enterprise wants it sent again then.` };
  }
}
