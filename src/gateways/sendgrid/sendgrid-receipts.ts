import type { Receipt, ReceiptKind } from "../../domain/receipt.ts";
import type { ReceiptReader } from "../adapter.ts";
import { isRecord, parseJson } from "../json-text.ts";
import { importSendgridKey, isSignedBySendgrid } from "./sendgrid-signature.ts";

/** `publicKey` verifies the account's event webhook. */
export type SendgridReceiptConfig = { name: string; publicKey: string };

/**
 * Reads the event webhook (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event): one
 * request carries events of many messages. Events without our ids, and kinds that we do not know, are left out.
 */
export function createSendgridReceiptReader(accounts: readonly SendgridReceiptConfig[]): ReceiptReader {
  let imported: Promise<AccountKey[]> | undefined;
  return async (request) => {
    imported ??= importKeys(accounts);
    const keys = await imported;
    if (keys.length === 0) return { kind: "not_configured" };
    const signed = await Promise.all(keys.map(({ key }) => isSignedBySendgrid(request, key)));
    const signers = keys.flatMap(({ name }, index) => (signed[index] === true ? [name] : []));
    if (signers.length === 0) return { kind: "forged" };
    const events = parseJson(new TextDecoder().decode(request.body));
    if (!Array.isArray(events)) return { kind: "malformed", reason: "the body is not a JSON array" };
    return { kind: "receipts", accounts: signers, receipts: events.flatMap(toReceipts) };
  };
}

type AccountKey = { name: string; key: CryptoKey };

async function importKeys(accounts: readonly SendgridReceiptConfig[]): Promise<AccountKey[]> {
  const keys = await Promise.all(accounts.map(({ publicKey }) => importSendgridKey(publicKey)));
  return accounts.flatMap(({ name }, index) => {
    const key = keys[index] ?? null;
    return key === null ? [] : [{ name, key }];
  });
}

/** What a reader does with a mail, or complains about in it, has been delivered to the reader. */
const KINDS: Readonly<Record<string, ReceiptKind>> = {
  processed: "progress",
  deferred: "progress",
  delivered: "delivered",
  open: "delivered",
  click: "delivered",
  spamreport: "delivered",
  unsubscribe: "delivered",
  group_unsubscribe: "delivered",
  group_resubscribe: "delivered",
  bounce: "undelivered",
  blocked: "undelivered",
  dropped: "undelivered",
};

type Failure = Pick<Receipt, "code" | "reason">;

function toReceipts(event: unknown): Receipt[] {
  if (!isRecord(event)) return [];
  const name = readText(event, "event");
  const enterpriseId = readText(event, "enterprise_id");
  const attemptId = readText(event, "attempt_id");
  if (name === null || enterpriseId === null || attemptId === null) return [];
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) return [];

  const seconds = event["timestamp"];
  const occurredAt = Number.isSafeInteger(seconds) ? Number(seconds) * 1000 : null;
  // `<X-Message-Id>.<which of SendGrid's filters handled it>`
  const providerId = readText(event, "sg_message_id")?.split(".", 1)[0] || null;
  const eventId = readText(event, "sg_event_id") ?? `${attemptId}:${name}:${occurredAt ?? ""}`;
  const failure: Failure = kind === "undelivered" ? explainFailure(name, event) : { code: null, reason: null };
  return [{ enterpriseId, attemptId, eventId, kind, providerId, occurredAt, ...failure }];
}

/** In our words: SendGrid's `reason` quotes the receiving server, which quotes the address. */
function explainFailure(name: string, event: Record<string, unknown>): Failure {
  if (name === "dropped") return { code: "dropped", reason: explainDrop(readText(event, "reason") ?? "") };
  const blocked = name === "blocked" || event["type"] === "blocked";
  const what = blocked
    ? "the receiving server did not take the message"
    : "the receiving server refused the address for good";
  const status = readText(event, "status") ?? "";
  const detail = /^[45]\.\d{1,3}\.\d{1,3}$/.test(status) ? ` (${status})` : "";
  return { code: blocked ? "blocked" : "bounce", reason: what + detail };
}

/** Why SendGrid did not even try: its own list of addresses or its view of the message. */
function explainDrop(reason: string): string {
  if (/bounced/i.test(reason)) return "SendGrid no longer sends to an address that has bounced";
  if (/unsubscribed/i.test(reason)) return "the recipient has unsubscribed at SendGrid";
  if (/spam report/i.test(reason)) return "the recipient has reported mail of this sender as spam";
  if (/spam content/i.test(reason)) return "SendGrid takes the content for spam";
  if (/quota|credits/i.test(reason)) return "the SendGrid account has used up its quota";
  if (/invalid/i.test(reason)) return "SendGrid takes the address for invalid";
  return "SendGrid dropped the message";
}

function readText(event: Record<string, unknown>, name: string): string | null {
  const value = event[name];
  return typeof value === "string" && value !== "" ? value : null;
}
