import type { CallEnding } from "../../domain/call-ending.ts";
import type { OutboundMessage } from "../../domain/outbound-message.ts";
import type { SendOutcome } from "../../domain/send-outcome.ts";
import type { Fetch } from "../adapter.ts";
import { outcomeOfAnswer } from "../answer-outcome.ts";
import { notConfigured } from "../not-configured.ts";
import { callProvider } from "../provider-call.ts";
import { accountHeaders, messagesPath, missingSetting } from "./twilio-account.ts";
import type { TwilioAccount } from "./twilio-account.ts";
import { TWILIO_ANSWER } from "./twilio-answer.ts";

export type FormField = readonly [name: string, value: string];

/** Creates one Message, of these fields and the callback that carries the attempt's id. */
export type CreateMessage = (
  message: OutboundMessage,
  fields: readonly FormField[],
  ending?: CallEnding,
) => Promise<SendOutcome>;

/** Creates Messages (https://www.twilio.com/docs/messaging/api/message-resource) of one account. */
export function createMessageCreator(account: TwilioAccount, fetch: Fetch): CreateMessage {
  let request: { method: "POST"; url: string; headers: Record<string, string> } | undefined;
  return async (message, fields, ending) => {
    const missing = missingSetting(account);
    if (missing !== null) return notConfigured(missing);
    if (account.publicUrl === "") return notConfigured("the public URL for Twilio's callbacks");

    request ??= {
      method: "POST",
      url: `${account.apiUrl}${messagesPath(account)}.json`,
      headers: { ...accountHeaders(account), "content-type": "application/x-www-form-urlencoded" },
    };
    const body = formOf([...fields, ["StatusCallback", statusCallback(account, message)]]);
    const answer = await callProvider(fetch, { ...request, body }, { timeoutMs: account.callTimeoutMs, ending });
    return outcomeOfAnswer(answer, TWILIO_ANSWER, Date.now());
  };
}

/** By the language alone: with a URLSearchParams for each call a delivery took a tenth more CPU. */
function formOf(fields: readonly FormField[]): string {
  return fields.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join("&");
}

/** `MG…` is a Messaging Service, which chooses the sender itself; anything else is a sender. */
export function senderField(sender: string, prefix = ""): FormField {
  return /^MG[0-9a-f]{32}$/i.test(sender) ? ["MessagingServiceSid", sender] : ["From", withPrefix(sender, prefix)];
}

export function withPrefix(address: string, prefix: string): string {
  return address.startsWith(prefix) ? address : prefix + address;
}

/** The address without the prefix of its channel, as customers have it. */
export function bareAddress(address: string): string {
  return address.replace(/^whatsapp:/, "");
}

/**
 * Connection overrides (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides): five
 * retries, which is the most, of any failure. All tries together get 15 s, so one hanging connection may
 * not use them up: 2 s to connect, 5 s for an answer, in ms. The fragment is neither requested nor signed.
 */
const CALLBACK_OVERRIDES = "#rc=5&rp=all&ct=2000&rt=5000";

function statusCallback({ publicUrl, gatewayId }: TwilioAccount, { enterpriseId, attemptId }: OutboundMessage): string {
  const path = gatewayId === undefined ? "" : `/gateways/${gatewayId}`;
  // As URLs are normalised, for it is signed as it was sent and checked as it comes: encodeURIComponent leaves quotes.
  const enterprise = /^[\w-]*$/.test(enterpriseId)
    ? enterpriseId
    : new URLSearchParams([["", enterpriseId]]).toString().slice(1);
  return `${publicUrl}/callbacks/twilio${path}?enterprise=${enterprise}&attempt=${attemptId}${CALLBACK_OVERRIDES}`;
}
