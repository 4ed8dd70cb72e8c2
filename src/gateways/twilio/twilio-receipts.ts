import type { Receipt, ReceiptKind } from "../../domain/receipt.ts";
import type { CallbackRequest, ReceiptReader } from "../adapter.ts";
import { isRecord, parseJson } from "../json-text.ts";
import { explainTwilioCode } from "./twilio-errors.ts";
import { isSignedByTwilio, readForm, signedBodyHash } from "./twilio-signature.ts";

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
  const kind = Object.hasOwn(KINDS, status) ? KINDS[status] : undefined;
  if (kind === undefined) return null;

  const failure = kind === "undelivered" ? explainFailure(status, field("ErrorCode")) : { code: null, reason: null };
  const eventId = `${providerId}:${status}`;
  return { enterpriseId, attemptId, eventId, kind, providerId, occurredAt: null, ...failure };
}

function explainFailure(status: string, errorCode: string | null): { code: string; reason: string | null } {
  return errorCode !== null && /^[1-9]\d{2,5}$/.test(errorCode)
    ? { code: errorCode, reason: explainTwilioCode(Number(errorCode)) }
    : { code: status, reason: REASONS[status] ?? null };
}
