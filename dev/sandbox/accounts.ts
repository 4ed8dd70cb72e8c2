import type { SendgridOptions, TwilioOptions } from "./options.ts";

/** The demo's Twilio account. Made up: it exists in the sandbox only, so its secrets are none. */
export const DEMO_TWILIO = {
  accountSid: "AC0123456789abcdef0123456789abcdef",
  authToken: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  apiKeySid: "SK0123456789abcdef0123456789abcdef",
  apiKeySecret: "sandbox-api-key-secret",
  smsFrom: "+15005550006",
  messagingServiceSid: "MG0123456789abcdef0123456789abcdef",
  whatsappFrom: "+14155238886",
  orderStatusContentSid: "HX0123456789abcdef0123456789abcdef",
} as const;

/** The demo's SendGrid account, made up as well. */
export const DEMO_SENDGRID = {
  apiKey: "SG.sandboxkey0123456789ab.sandbox-secret-0123456789abcdefghijklmnopqr",
  fromEmail: "orders@shop.example",
} as const;

/** Text of the order-status template: shipment id, status, timestamp. */
export const ORDER_STATUS_TEMPLATE = "Shipment ID {{1}} is {{2}}. Updated on {{3}}";

/** Twilio options of the demo account, for `startSandbox`. */
export const DEMO_TWILIO_OPTIONS: TwilioOptions = {
  accountSid: DEMO_TWILIO.accountSid,
  authToken: DEMO_TWILIO.authToken,
  apiKeys: [{ sid: DEMO_TWILIO.apiKeySid, secret: DEMO_TWILIO.apiKeySecret }],
  senders: [DEMO_TWILIO.smsFrom],
  whatsappSenders: [DEMO_TWILIO.whatsappFrom],
  messagingServices: [
    {
      sid: DEMO_TWILIO.messagingServiceSid,
      senders: [DEMO_TWILIO.smsFrom, `whatsapp:${DEMO_TWILIO.whatsappFrom}`],
    },
  ],
  contentTemplates: [{ sid: DEMO_TWILIO.orderStatusContentSid, body: ORDER_STATUS_TEMPLATE }],
};

/** SendGrid options of the demo account; `eventWebhookUrl` is where its events go, null for nowhere. */
export function demoSendgridOptions(eventWebhookUrl: string | null): SendgridOptions {
  return {
    apiKeys: [DEMO_SENDGRID.apiKey],
    verifiedSenders: [DEMO_SENDGRID.fromEmail],
    eventWebhookUrl,
  };
}
