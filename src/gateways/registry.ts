import type { AdapterName } from "../domain/adapter-facts.ts";
import type { Times } from "../domain/times.ts";
import type { Adapter, Fetch, ReceiptReader } from "./adapter.ts";
import { createSendgridEmail } from "./sendgrid/sendgrid-email.ts";
import { createSendgridReceiptReader } from "./sendgrid/sendgrid-receipts.ts";
import { createTwilioReceiptReader } from "./twilio/twilio-receipts.ts";
import { createTwilioSms } from "./twilio/twilio-sms.ts";
import { createTwilioWhatsapp } from "./twilio/twilio-whatsapp.ts";

/** The settings of all providers; an empty string is "not configured". */
export type ProviderSettings = Record<
  | "PUBLIC_URL"
  | "TWILIO_API_URL"
  | "TWILIO_ACCOUNT_SID"
  | "TWILIO_AUTH_TOKEN"
  | "TWILIO_FROM"
  | "TWILIO_MESSAGING_SERVICE_SID"
  | "TWILIO_WHATSAPP_FROM"
  | "TWILIO_WHATSAPP_CONTENT_SID"
  | "SENDGRID_API_URL"
  | "SENDGRID_API_KEY"
  | "SENDGRID_FROM_EMAIL"
  | "SENDGRID_FROM_NAME"
  | "SENDGRID_WEBHOOK_PUBLIC_KEY",
  string
>;

/** Every adapter by the name that gateway rows use. A new provider is one more line here. */
export function createAdapters(
  settings: ProviderSettings,
  fetch: Fetch,
  { callTimeout: callTimeoutMs }: Pick<Times, "callTimeout">,
): Record<AdapterName, Adapter> {
  const twilio = {
    apiUrl: settings.TWILIO_API_URL,
    accountSid: settings.TWILIO_ACCOUNT_SID,
    authToken: settings.TWILIO_AUTH_TOKEN,
    publicUrl: settings.PUBLIC_URL,
    callTimeoutMs,
  };
  return {
    twilio_sms: createTwilioSms(
      { ...twilio, from: settings.TWILIO_FROM, messagingServiceSid: settings.TWILIO_MESSAGING_SERVICE_SID },
      fetch,
    ),
    twilio_whatsapp: createTwilioWhatsapp(
      { ...twilio, from: settings.TWILIO_WHATSAPP_FROM, contentSid: settings.TWILIO_WHATSAPP_CONTENT_SID },
      fetch,
    ),
    sendgrid_email: createSendgridEmail(
      {
        apiUrl: settings.SENDGRID_API_URL,
        apiKey: settings.SENDGRID_API_KEY,
        fromEmail: settings.SENDGRID_FROM_EMAIL,
        fromName: settings.SENDGRID_FROM_NAME,
        callTimeoutMs,
      },
      fetch,
    ),
  };
}

/** Who reads the callbacks of a provider, by the last part of `/callbacks/…`. */
export function createReceiptReaders(settings: ProviderSettings): ReadonlyMap<string, ReceiptReader> {
  return new Map([
    [
      "twilio",
      createTwilioReceiptReader({ authToken: settings.TWILIO_AUTH_TOKEN, accountSid: settings.TWILIO_ACCOUNT_SID }),
    ],
    ["sendgrid", createSendgridReceiptReader({ publicKey: settings.SENDGRID_WEBHOOK_PUBLIC_KEY })],
  ]);
}
