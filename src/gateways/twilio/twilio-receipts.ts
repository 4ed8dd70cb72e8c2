import type { Receipt } from "../../domain/receipt.ts";
import type { ReceiptReader } from "../adapter.ts";
import { readTwilioCallback } from "./twilio-callback.ts";
import type { Field, TwilioSigner } from "./twilio-callback.ts";
import { isOptOut } from "./twilio-errors.ts";
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
  const said = readTwilioStatus(status, field("ErrorCode"));
  if (said === null) return null;
  const eventId = `${providerId}:${status}`;
  const receipt = { enterpriseId, attemptId, eventId, providerId, occurredAt: null, ...said };
  if (!isOptOut(Number(said.code))) return receipt;
  const to = field("To");
  return { ...receipt, wish: { wish: "stopped", address: to === null ? null : bareAddress(to), kind: "phone" } };
}
