import type { Receipt, ReceiptKind } from "../../domain/receipt.ts";
import { explainTwilioCode, isOptOut } from "./twilio-errors.ts";

/**
 * What the status of a message to an address says, with the error code that Twilio gives beside it ("" or null for
 * none). Null for a status that says nothing about a send.
 */
export function readTwilioStatus(
  status: string,
  errorCode: string | null,
  address: string | null,
): Pick<Receipt, "kind" | "code" | "reason" | "wish"> | null {
  const kind = Object.hasOwn(KINDS, status) ? KINDS[status] : undefined;
  if (kind === undefined) return null;
  if (kind !== "undelivered") return { kind, code: null, reason: null };
  const failure = { kind, ...explainFailure(status, errorCode) };
  return isOptOut(Number(failure.code)) ? { ...failure, wish: { wish: "stopped", address, kind: "phone" } } : failure;
}

/** `received` and `receiving` are missing on purpose: they belong to messages that come in. */
const KINDS: Readonly<Record<string, ReceiptKind>> = {
  accepted: "progress",
  scheduled: "progress",
  queued: "progress",
  sending: "progress",
  sent: "progress",
  partially_delivered: "progress",
  delivered: "delivered",
  read: "delivered",
  undelivered: "undelivered",
  failed: "undelivered",
  canceled: "undelivered",
};

const REASONS: Readonly<Record<string, string>> = {
  undelivered: "Twilio could not deliver the message and gave no code",
  failed: "Twilio could not send the message and gave no code",
  canceled: "the message was canceled at Twilio",
};

function explainFailure(status: string, errorCode: string | null): { code: string; reason: string | null } {
  return errorCode !== null && /^[1-9]\d{2,5}$/.test(errorCode)
    ? { code: errorCode, reason: explainTwilioCode(Number(errorCode)) }
    : { code: status, reason: REASONS[status] ?? null };
}
