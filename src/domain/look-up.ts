import type { OutboundMessage } from "./outbound-message.ts";
import type { Receipt } from "./receipt.ts";

/** What is asked of a provider about an attempt whose answer was lost, or that was never heard of again. */
export type LookUp = {
  /** The message as it was sent. */
  message: OutboundMessage;
  /** When the attempt was started, ms since the epoch. */
  startedAt: number;
  /** The provider's id where it is known: then that very message is asked for. */
  providerId: string | null;
};

/** A message that a provider has and that may be the one asked for; the rest is as in a receipt. */
export type FoundMessage = { providerId: string } & Pick<Receipt, "kind" | "code" | "reason" | "wish">;

/**
 * - `found`: all messages that fit; none means that the provider has no such message now.
 * - `unanswered`: nothing can be concluded.
 */
export type LookUpAnswer =
  | { kind: "found"; messages: FoundMessage[] }
  | { kind: "unanswered"; code: string; reason: string };
