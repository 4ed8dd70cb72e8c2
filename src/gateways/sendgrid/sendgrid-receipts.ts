import type { Receipt, ReceiptKind } from "../../domain/receipt.ts";
import type { Wish } from "../../domain/suppression.ts";
import { importAccountKeys, signersOf, type AccountKey } from "../account-keys.ts";
import type { ReceiptReader } from "../adapter.ts";
import { isRecord, parseJson } from "../json-text.ts";
import { toldTime } from "../told-time.ts";
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
    imported ??= importAccountKeys(accounts, ({ publicKey }) => importSendgridKey(publicKey));
    const keys = await imported;
    if (keys.length === 0) return { kind: "not_configured" };
    const signers = await signersOf(keys, (key) => isSignedBySendgrid(request, key));
    if (signers.length === 0) return { kind: "forged" };
    const events = parseJson(new TextDecoder().decode(request.body));
    if (!Array.isArray(events)) return { kind: "malformed", reason: "the body is not a JSON array" };
    return { kind: "receipts", accounts: signers, receipts: events.flatMap(toReceipts) };
  };
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

type Event = Record<string, unknown>;

function toReceipts(event: unknown): Receipt[] {
  if (!isRecord(event)) return [];
  const name = readText(event, "event");
  const enterpriseId = readText(event, "enterprise_id");
  const attemptId = readText(event, "attempt_id");
  if (name === null || enterpriseId === null || attemptId === null) return [];
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) return [];

  const seconds = event["timestamp"];
  const occurredAt = typeof seconds === "number" && Number.isInteger(seconds) ? toldTime(seconds * 1000) : null;
  // `<X-Message-Id>.<which of SendGrid's filters handled it>`
  const providerId = readText(event, "sg_message_id")?.split(".", 1)[0] || null;
  const eventId = readText(event, "sg_event_id") ?? `${attemptId}:${name}:${occurredAt ?? ""}`;
  const { wish, ...failure } = explain(name, event);
  const receipt = { enterpriseId, attemptId, eventId, kind, providerId, occurredAt, ...failure };
  return wish ? [{ ...receipt, wish: { wish, address: readText(event, "email"), kind: "email" } }] : [receipt];
}

type Explanation = Pick<Receipt, "code" | "reason"> & { wish?: Wish };

/** In our words: SendGrid's `reason` quotes the receiving server, which quotes the address. */
function explain(name: string, event: Event): Explanation {
  switch (name) {
    case "dropped":
      return { code: "dropped", ...explainDrop(readText(event, "reason") ?? "") };
    case "bounce":
    case "blocked":
      return explainBounce(name === "blocked" || event["type"] === "blocked", readText(event, "status") ?? "");
    case "spamreport":
      return { ...NO_FAILURE, wish: "complained" };
    case "unsubscribe":
    case "group_unsubscribe":
      return { ...NO_FAILURE, wish: "unsubscribed" };
    case "group_resubscribe":
      return { ...NO_FAILURE, wish: "lifted" };
    default:
      return NO_FAILURE;
  }
}

const NO_FAILURE = { code: null, reason: null };

function explainBounce(isBlocked: boolean, status: string): Explanation {
  const detail = /^[45]\.\d{1,3}\.\d{1,3}$/.test(status) ? ` (${status})` : "";
  return isBlocked
    ? { code: "blocked", reason: `the receiving server did not take the message${detail}` }
    : { code: "bounce", reason: `the receiving server refused the address for good${detail}`, wish: "bounced" };
}

/** Why SendGrid did not even try: its own list of addresses or its view of the message. */
function explainDrop(text: string): Omit<Explanation, "code"> {
  const [, reason, wish] = DROPS.find(([pattern]) => pattern.test(text)) ?? [null, "SendGrid dropped the message"];
  return { reason, ...(wish ? { wish } : {}) };
}

/** By SendGrid's own words (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event). */
const DROPS: readonly (readonly [text: RegExp, reason: string, wish?: Wish])[] = [
  [/bounced/i, "SendGrid no longer sends to an address that has bounced", "bounced"],
  [/unsubscribed/i, "the recipient has unsubscribed at SendGrid", "unsubscribed"],
  [/spam report/i, "the recipient has reported mail of this sender as spam", "complained"],
  [/spam content/i, "SendGrid takes the content for spam"],
  [/quota|credits/i, "the SendGrid account has used up its quota"],
  [/smtpapi/i, "SendGrid takes the request for invalid"],
  [/invalid/i, "SendGrid takes the address for invalid", "invalid"],
];

function readText(event: Record<string, unknown>, name: string): string | null {
  const value = event[name];
  return typeof value === "string" && value !== "" ? value : null;
}
