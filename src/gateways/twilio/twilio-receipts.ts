import type { Receipt } from "../../domain/receipt.ts";
import type { ReceiptReader } from "../adapter.ts";
import { readTwilioCallback } from "./twilio-callback.ts";
import type { Field, TwilioSigner } from "./twilio-callback.ts";
import { bareAddress } from "./twilio-messages.ts";
import { readTwilioStatus } from "./twilio-status.ts";

/**
 * Reads message status callbacks
 * (https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks).
 * One that says nothing about an attempt of ours has no receipts.
 */
export function createTwilioReceiptReader(accounts: readonly TwilioSigner[]): ReceiptReader {
  return async (request) => {
    const reading = await readTwilioCallback(request, accounts);
    if (reading.kind !== "signed") return reading;
    const receipt = toReceipt(reading.field, new URL(request.publicUrl).searchParams);
    return { kind: "receipts", accounts: reading.accounts, receipts: receipt === null ? [] : [receipt] };
  };
}

function toReceipt(field: Field, query: URLSearchParams): Receipt | null {
  const enterpriseId = query.get("enterprise");
  const attemptId = query.get("attempt");
  const providerId = field("MessageSid");
  const status = field("MessageStatus");
  if (!enterpriseId || !attemptId || !providerId || !status) return null;
  const to = field("To");
  const said = readTwilioStatus(status, field("ErrorCode"), to === null ? null : bareAddress(to));
  if (said === null) return null;
  return { enterpriseId, attemptId, eventId: `${providerId}:${status}`, providerId, occurredAt: null, ...said };
}
