import type { Receipt } from "../../domain/receipt.ts";
import { importAccountKeys, signersOf, type AccountKey } from "../account-keys.ts";
import type { CallbackRequest, ReceiptReader } from "../adapter.ts";
import { isRecord, parseJson } from "../json-text.ts";
import { toldTime } from "../told-time.ts";
import { onlyAddress, readResendEvent, wishOf, type ResendStatus } from "./resend-status.ts";
import { readTags } from "./resend-tags.ts";
import { importSvixKey, isSignedBySvix } from "./svix-signature.ts";

/** `secret` (`whsec_…`) verifies the account's webhook. */
export type ResendReceiptConfig = { name: string; secret: string };

/**
 * Reads the webhook (https://resend.com/docs/webhooks/introduction): one request carries one event, and repeats of
 * it have the same `svix-id`. Events without our ids, and kinds that we do not know, are left out.
 */
export function createResendReceiptReader(accounts: readonly ResendReceiptConfig[]): ReceiptReader {
  let imported: Promise<AccountKey[]> | undefined;
  return async (request) => {
    imported ??= importAccountKeys(accounts, ({ secret }) => importSvixKey(secret));
    const keys = await imported;
    if (keys.length === 0) return { kind: "not_configured" };
    const signers = await signersOf(keys, (key) => isSignedBySvix(request, key, Date.now()));
    if (signers.length === 0) return { kind: "forged" };
    const event = parseJson(new TextDecoder().decode(request.body));
    if (!isRecord(event)) return { kind: "malformed", reason: "the body is not a JSON object" };
    const receipt = toReceipt(request, event);
    return { kind: "receipts", accounts: signers, receipts: receipt === null ? [] : [receipt] };
  };
}

function toReceipt({ headers }: CallbackRequest, event: Record<string, unknown>): Receipt | null {
  const { type, data, created_at: time } = event;
  if (typeof type !== "string" || !isRecord(data)) return null;
  const tags = isRecord(data["tags"]) ? data["tags"] : {};
  const owner = readTags((name) => tags[name]);
  const name = type.replace(/^email\./, "");
  const status = readResendEvent(name);
  if (owner === null || status === null) return null;
  const explained = explain(status, data);
  const wish = wishOf(explained.code ?? name);
  return {
    ...owner,
    ...explained,
    eventId: headers.get("svix-id") ?? "",
    providerId: typeof data["email_id"] === "string" ? data["email_id"] : null,
    occurredAt: typeof time === "string" ? toldTime(Date.parse(time)) : null,
    ...(wish !== null ? { wish: { wish, address: onlyAddress(data["to"]), kind: "email" } } : {}),
  };
}

/** What the webhook says beyond the name of the event: whether a bounce is for good, and why a mail failed. */
function explain(status: ResendStatus, { bounce, failed }: Record<string, unknown>): ResendStatus {
  if (isRecord(bounce) && status.code === "bounced") return explainBounce(status, bounce);
  if (isRecord(failed) && status.code === "failed" && /quota/.test(String(failed["reason"]))) {
    return { ...status, reason: "the Resend account has used up its quota" };
  }
  return status;
}

/** https://resend.com/docs/dashboard/emails/email-bounces: `Permanent`, or else it may work another time. */
function explainBounce(status: ResendStatus, { type, subType, diagnosticCode }: Record<string, unknown>): ResendStatus {
  if (subType === "Suppressed" || subType === "OnAccountSuppressionList") {
    return { ...status, reason: "Resend no longer sends to an address that has bounced" };
  }
  const [smtp] = /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(JSON.stringify(diagnosticCode ?? "")) ?? [];
  const detail = smtp === undefined ? "" : ` (${smtp})`;
  return type === "Permanent"
    ? { ...status, reason: `${status.reason}${detail}` }
    : { ...status, code: "blocked", reason: `the receiving server did not take the message${detail}` };
}
