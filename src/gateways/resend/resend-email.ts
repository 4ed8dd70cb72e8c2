import type { OutboundMessage } from "../../domain/outbound-message.ts";
import type { SendOutcome } from "../../domain/send-outcome.ts";
import { DEFAULT_TIMES } from "../../domain/times.ts";
import type { Adapter, Fetch } from "../adapter.ts";
import { outcomeOfAnswer } from "../answer-outcome.ts";
import { notConfigured } from "../not-configured.ts";
import { callProvider } from "../provider-call.ts";
import { accountHeaders, missingSetting } from "./resend-account.ts";
import type { ResendAccount } from "./resend-account.ts";
import { RESEND_ANSWER } from "./resend-errors.ts";
import { lookUpResendEmail } from "./resend-look-up.ts";
import { toTags } from "./resend-tags.ts";

/**
 * E-mail by Resend (https://resend.com/docs/api-reference/emails/send-email), as text and as HTML.
 * `message.sender` may be `addr` or `Name <addr>`.
 */
export function createResendEmail(account: ResendAccount, fetch: Fetch): Adapter {
  return {
    send: async (message) => {
      const missing = missingSetting(account);
      if (missing !== null) return notConfigured(missing);
      const from = message.sender || configuredSender(account);
      if (from === "") return notConfigured("a sender for Resend");
      return sendOnce(account, message.attemptId, JSON.stringify(toMail(message, from)), fetch);
    },
    lookUp: (question) => lookUpResendEmail(account, question, fetch),
  };
}

/**
 * Sends under the attempt's id as the idempotency key, by which Resend sends once for 24 hours
 * (https://resend.com/docs/dashboard/emails/idempotency-keys). So an answer that was lost, or did not come in half
 * of the time, is asked for again by the same request. Only an acceptance settles it then: a refusal of the second
 * says nothing of the first.
 */
async function sendOnce(account: ResendAccount, key: string, body: string, fetch: Fetch): Promise<SendOutcome> {
  const timeoutMs = account.callTimeoutMs ?? DEFAULT_TIMES.callTimeout;
  const endsAt = Date.now() + timeoutMs;
  const headers = { ...accountHeaders(account), "content-type": "application/json", "idempotency-key": key };
  const request = { method: "POST" as const, url: `${account.apiUrl}/emails`, headers, body };
  const send = async (withinMs: number) => {
    const answer = await callProvider(fetch, request, { timeoutMs: withinMs });
    return outcomeOfAnswer(answer, RESEND_ANSWER, Date.now());
  };
  const first = await send(timeoutMs / 2);
  if (first.kind !== "ambiguous") return first;
  const second = await send(Math.max(0, endsAt - Date.now()));
  return second.kind === "accepted" ? second : first;
}

/** A name is quoted, so that it may hold any character (RFC 5322, section 3.2.4). */
function configuredSender({ fromEmail, fromName }: ResendAccount): string {
  if (fromEmail === "" || fromName === "") return fromEmail;
  return `"${fromName.replaceAll(/["\\]/g, "\\$&")}" <${fromEmail}>`;
}

function toMail(message: OutboundMessage, from: string) {
  const { to, subject, text, html } = message;
  return { from, to: [to], subject, text, html, tags: toTags(message) };
}
