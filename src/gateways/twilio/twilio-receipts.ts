import type { Receipt } from "../../domain/receipt.ts";
import type { CallbackRequest, ReceiptReader } from "../adapter.ts";
import { isRecord, parseJson } from "../json-text.ts";
import { isSignedByTwilio, readForm, signedBodyHash } from "./twilio-signature.ts";
import { readTwilioStatus } from "./twilio-status.ts";

/** `authToken` is the account's primary one, which signs callbacks even where an API key sends. */
export type TwilioReceiptConfig = { authToken: string; accountSid: string };

/**
 * Reads message status callbacks
 * (https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks).
 * A signed callback of another account is forged as far as we are concerned; one that says nothing about
 * an attempt of ours has no receipts.
 */
export function createTwilioReceiptReader(config: TwilioReceiptConfig): ReceiptReader {
  return async (request) => {
    if (config.authToken === "" || config.accountSid === "") return { kind: "not_configured" };
    if (!(await isSignedByTwilio(request, config.authToken))) return { kind: "forged" };
    const field = readFields(request);
    if (field === null) return { kind: "malformed", reason: "the body is not a JSON object" };
    if (field("AccountSid") !== config.accountSid) return { kind: "forged" };
    const receipt = toReceipt(field, new URL(request.publicUrl).searchParams);
    return { kind: "receipts", receipts: receipt === null ? [] : [receipt] };
  };
}

type Field = (name: string) => string | null;

function readFields({ publicUrl, body }: CallbackRequest): Field | null {
  if (signedBodyHash(publicUrl) === null) {
    const form = readForm(body);
    return (name) => form.get(name);
  }
  const content = parseJson(new TextDecoder().decode(body));
  if (!isRecord(content)) return null;
  return (name) => {
    const value = content[name];
    return typeof value === "string" ? value : null;
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
  return { enterpriseId, attemptId, eventId: `${providerId}:${status}`, providerId, occurredAt: null, ...said };
}
