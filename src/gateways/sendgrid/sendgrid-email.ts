import type { OutboundMessage } from "../../domain/outbound-message.ts";
import type { Adapter, Fetch } from "../adapter.ts";
import { outcomeOfAnswer } from "../answer-outcome.ts";
import { notConfigured } from "../not-configured.ts";
import { callProvider } from "../provider-call.ts";
import { parseMailbox } from "./mailbox.ts";
import type { Mailbox } from "./mailbox.ts";
import { SENDGRID_ANSWER } from "./sendgrid-errors.ts";

/** `apiUrl` without a trailing slash; `fromName` may be "". `callTimeoutMs`: see `callProvider`. */
export type SendgridEmailConfig = {
  apiUrl: string;
  apiKey: string;
  fromEmail: string;
  fromName: string;
  callTimeoutMs?: number;
};

/**
 * E-mail by SendGrid (https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send), as text and
 * as HTML. `message.sender` may be `addr` or `Name <addr>`.
 */
export function createSendgridEmail(config: SendgridEmailConfig, fetch: Fetch): Adapter {
  const { apiUrl, apiKey } = config;
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json", accept: "application/json" };
  return {
    send: async (message, ending) => {
      if (apiUrl === "") return notConfigured("the SendGrid API URL");
      if (apiKey === "") return notConfigured("the SendGrid API key");
      const from = message.sender ? parseMailbox(message.sender) : { email: config.fromEmail, name: config.fromName };
      if (from.email === "") return notConfigured("a sender for SendGrid");

      const request = {
        method: "POST" as const,
        url: `${apiUrl}/v3/mail/send`,
        headers,
        body: JSON.stringify(toMail(message, from)),
      };
      const answer = await callProvider(fetch, request, { timeoutMs: config.callTimeoutMs, ending });
      return outcomeOfAnswer(answer, SENDGRID_ANSWER, Date.now());
    },
  };
}

/** Clicks and opens are not tracked: it rewrites links and adds a pixel to what is a plain service message. */
function toMail(message: OutboundMessage, from: Mailbox) {
  return {
    personalizations: [{ to: [{ email: message.to }] }],
    from: from.name === "" ? { email: from.email } : from,
    subject: message.subject,
    content: contentParts(message),
    // These come back in every event; SendGrid keeps them for long, so they hold ids only.
    custom_args: { enterprise_id: message.enterpriseId, attempt_id: message.attemptId },
    tracking_settings: { click_tracking: { enable: false, enable_text: false }, open_tracking: { enable: false } },
  };
}

/** Plain text goes before HTML; SendGrid refuses a part without a character. */
function contentParts({ text, html }: OutboundMessage) {
  const parts = [
    { type: "text/plain", value: text },
    { type: "text/html", value: html },
  ];
  return parts.filter((part) => part.value !== "");
}
