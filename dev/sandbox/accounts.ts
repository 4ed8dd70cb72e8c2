import type { ResendOptions, SendgridOptions, TwilioAccount, TwilioOptions } from "./options.ts";

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

/** A second Twilio account, through which gateways with the account `backup` send. */
export const BACKUP_TWILIO = {
  accountSid: "ACfedcba9876543210fedcba9876543210",
  authToken: "e0f1d2c3b4a5968778695a4b3c2d1e0f",
  smsFrom: "+15005550100",
  whatsappFrom: "+14155550100",
  orderStatusContentSid: "HXfedcba9876543210fedcba9876543210",
} as const;

/** The demo's SendGrid account, made up as well; `backupApiKey` is a second key of it. */
export const DEMO_SENDGRID = {
  apiKey: "SG.sandboxkey0123456789ab.sandbox-secret-0123456789abcdefghijklmnopqr",
  backupApiKey: "SG.sandboxbackup0123456789.sandbox-secret-9876543210abcdefghijklmnopqr",
  fromEmail: "orders@shop.example",
} as const;

/** The demo's Resend account, made up as well. */
export const DEMO_RESEND = {
  apiKey: "re_Sandbox1_0123456789abcdefghijklmn",
  sendOnlyKey: "re_Sandbox2_0123456789abcdefghijklmn",
  domain: "shop.example",
  fromEmail: "orders@shop.example",
} as const;

/** Text of the order-status template: shipment id, status, timestamp. */
export const ORDER_STATUS_TEMPLATE = "Shipment ID {{1}} is {{2}}. Updated on {{3}}";

const BACKUP_TWILIO_ACCOUNT: TwilioAccount = {
  accountSid: BACKUP_TWILIO.accountSid,
  authToken: BACKUP_TWILIO.authToken,
  senders: [BACKUP_TWILIO.smsFrom],
  whatsappSenders: [BACKUP_TWILIO.whatsappFrom],
  contentTemplates: [{ sid: BACKUP_TWILIO.orderStatusContentSid, body: ORDER_STATUS_TEMPLATE }],
};

/** Twilio options of the demo accounts, for `startSandbox`. */
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
  extraAccounts: [BACKUP_TWILIO_ACCOUNT],
};

/** SendGrid options of the demo account; `eventWebhookUrl` is where its events go, null for nowhere. */
export function demoSendgridOptions(eventWebhookUrl: string | null): SendgridOptions {
  return {
    apiKeys: [DEMO_SENDGRID.apiKey, DEMO_SENDGRID.backupApiKey],
    verifiedSenders: [DEMO_SENDGRID.fromEmail],
    eventWebhookUrl,
  };
}

/** Resend options of the demo account; `webhookUrl` is where its events go, null for nowhere. */
export function demoResendOptions(webhookUrl: string | null): ResendOptions {
  return {
    apiKeys: [DEMO_RESEND.apiKey],
    sendOnlyKeys: [DEMO_RESEND.sendOnlyKey],
    verifiedDomains: [DEMO_RESEND.domain],
    webhookUrl,
  };
}
