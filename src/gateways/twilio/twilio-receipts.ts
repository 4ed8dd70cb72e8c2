import type { Receipt } from "../../domain/receipt.ts";
import type { CallbackRequest, ReceiptReader } from "../adapter.ts";
import { isRecord, parseJson } from "../json-text.ts";
import { isSignedByTwilio, readForm, signedBodyHash } from "./twilio-signature.ts";
import { readTwilioStatus } from "./twilio-status.ts";

/** `authToken` is the account's primary one, which signs callbacks even where an API key sends. */
export type TwilioReceiptConfig = { name: string; authToken: string; accountSid: string };

/**
 * Reads message status callbacks
 * (https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks).
 * A callback is signed by the account that it names, or it is forged as far as we are concerned; one that says
 * nothing about an attempt of ours has no receipts.
 */
export function createTwilioReceiptReader(accounts: readonly TwilioReceiptConfig[]): ReceiptReader {
  const configured = accounts.filter(({ authToken, accountSid }) => authToken !== "" && accountSid !== "");
  return async (request) => {
    if (configured.length === 0) return { kind: "not_configured" };
    const field = readFields(request);
    const named = field === null ? configured : configured.filter((one) => one.accountSid === field("AccountSid"));
    const signers = await signersOf(request, named);
    if (signers.length === 0) return { kind: "forged" };
    if (field === null) return { kind: "malformed", reason: "the body is not a JSON object" };
    const receipt = toReceipt(field, new URL(request.publicUrl).searchParams);
    return { kind: "receipts", accounts: signers, receipts: receipt === null ? [] : [receipt] };
  };
}

/** The names of the accounts whose token the signature is made with. */
async function signersOf(request: CallbackRequest, accounts: readonly TwilioReceiptConfig[]): Promise<string[]> {
  const signed = await Promise.all(accounts.map(({ authToken }) => isSignedByTwilio(request, authToken)));
  return accounts.flatMap(({ name }, index) => (signed[index] === true ? [name] : []));
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
