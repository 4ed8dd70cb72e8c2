import type { Receipt, ReceiptKind } from "../../domain/receipt.ts";
import type { Wish } from "../../domain/suppression.ts";

/** What an event means; `code` and `reason` explain an `undelivered`. */
export type ResendStatus = Pick<Receipt, "kind" | "code" | "reason">;

/**
 * The events of a mail (https://resend.com/docs/webhooks/event-types), by their names in `last_event`; in webhooks
 * `email.` stands before them. What a reader does with a mail, or complains about in it, has been delivered.
 */
const KINDS: Readonly<Record<string, ReceiptKind>> = {
  queued: "progress",
  scheduled: "progress",
  sent: "progress",
  delivery_delayed: "progress",
  delivered: "delivered",
  opened: "delivered",
  clicked: "delivered",
  complained: "delivered",
  bounced: "undelivered",
  failed: "undelivered",
  suppressed: "undelivered",
  canceled: "undelivered",
};

/** In our words: Resend quotes receiving servers, which quote the address. */
const REASONS: Readonly<Record<string, string>> = {
  bounced: "the receiving server refused the address for good",
  failed: "Resend could not send the message",
  suppressed: "the address is on Resend's list of those that bounced or complained",
  canceled: "the message was canceled at Resend",
};

/** Null for an event that says nothing about a message that was sent. */
export function readResendEvent(name: string): ResendStatus | null {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) return null;
  return kind === "undelivered"
    ? { kind, code: name, reason: REASONS[name] ?? null }
    : { kind, code: null, reason: null };
}

/** What an event, or our code of a failure, says about the address beyond this mail. */
export function wishOf(name: string): Wish | null {
  if (name === "complained") return "complained";
  return name === "bounced" || name === "suppressed" ? "bounced" : null;
}

/** The address that a mail went to, where it is one. */
export function onlyAddress(to: unknown): string | null {
  return Array.isArray(to) && to.length === 1 && typeof to[0] === "string" ? to[0] : null;
}
