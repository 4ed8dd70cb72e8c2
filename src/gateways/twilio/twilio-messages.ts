import type { OutboundMessage } from "../../domain/outbound-message.ts";
import type { SendOutcome } from "../../domain/send-outcome.ts";
import type { Fetch } from "../adapter.ts";
import { outcomeOfAnswer } from "../answer-outcome.ts";
import { encodeBase64 } from "../base64.ts";
import { notConfigured } from "../not-configured.ts";
import { callProvider } from "../provider-call.ts";
import { TWILIO_ANSWER } from "./twilio-answer.ts";

/** Settings that all of Twilio's channels share; "" means not configured. URLs without a trailing slash. */
export type TwilioAccount = {
  apiUrl: string;
  accountSid: string;
  authToken: string;
  /** Where Twilio reaches this service; status callbacks go to `/callbacks/twilio` there. */
  publicUrl: string;
  /** Longest time for one call, in ms; see `callProvider`. */
  callTimeoutMs?: number;
};

export type FormField = readonly [name: string, value: string];

/**
 * Creates one Message (https://www.twilio.com/docs/messaging/api/message-resource) with these fields and
 * the callback that carries the attempt's id.
 */
export async function createTwilioMessage(
  account: TwilioAccount,
  message: OutboundMessage,
  fields: readonly FormField[],
  fetch: Fetch,
): Promise<SendOutcome> {
  const { apiUrl, accountSid, authToken, publicUrl } = account;
  if (apiUrl === "") return notConfigured("the Twilio API URL");
  if (accountSid === "") return notConfigured("the Twilio account SID");
  if (authToken === "") return notConfigured("the Twilio auth token");
  if (publicUrl === "") return notConfigured("the public URL for Twilio's callbacks");

  const form = new URLSearchParams([...fields, ["StatusCallback", statusCallback(publicUrl, message)]]);
  const request = {
    url: `${apiUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`,
    headers: {
      authorization: `Basic ${encodeBase64(`${accountSid}:${authToken}`)}`,
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    },
    body: form.toString(),
  };
  const answer = await callProvider(fetch, request, account.callTimeoutMs);
  return outcomeOfAnswer(answer, TWILIO_ANSWER, Date.now());
}

/** `MG…` is a Messaging Service, which chooses the sender itself; anything else is a sender. */
export function senderField(sender: string, prefix = ""): FormField {
  return /^MG[0-9a-f]{32}$/i.test(sender) ? ["MessagingServiceSid", sender] : ["From", withPrefix(sender, prefix)];
}

export function withPrefix(address: string, prefix: string): string {
  return address.startsWith(prefix) ? address : prefix + address;
}

/**
 * Connection overrides (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides): five
 * retries, which is the most, of any failure. All tries together get 15 s, so one hanging connection may
 * not use them up: 2 s to connect, 5 s for an answer, in ms. The fragment is neither requested nor signed.
 */
const CALLBACK_OVERRIDES = "#rc=5&rp=all&ct=2000&rt=5000";

function statusCallback(publicUrl: string, { enterpriseId, attemptId }: OutboundMessage): string {
  const query = new URLSearchParams({ enterprise: enterpriseId, attempt: attemptId });
  return `${publicUrl}/callbacks/twilio?${query.toString()}${CALLBACK_OVERRIDES}`;
}
