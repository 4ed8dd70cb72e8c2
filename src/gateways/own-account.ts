import type { AdapterName } from "../domain/adapter-facts.ts";
import { ownAccount, type Credentials } from "../domain/credentials.ts";
import { NO_SETTINGS, type AccountSettings, type ProviderAccount } from "./provider-accounts.ts";

const TWILIO = { account_sid: "TWILIO_ACCOUNT_SID", auth_token: "TWILIO_AUTH_TOKEN" } as const;

/** The settings that credentials of an enterprise's own gateway stand for, by adapter. */
const SETTINGS: Record<AdapterName, Readonly<Record<string, keyof AccountSettings>>> = {
  twilio_sms: { ...TWILIO, from: "TWILIO_FROM", messaging_service_sid: "TWILIO_MESSAGING_SERVICE_SID" },
  twilio_whatsapp: { ...TWILIO, from: "TWILIO_WHATSAPP_FROM", content_sid: "TWILIO_WHATSAPP_CONTENT_SID" },
  sendgrid_email: {
    api_key: "SENDGRID_API_KEY",
    from_email: "SENDGRID_FROM_EMAIL",
    from_name: "SENDGRID_FROM_NAME",
    webhook_public_key: "SENDGRID_WEBHOOK_PUBLIC_KEY",
  },
  resend_email: {
    api_key: "RESEND_API_KEY",
    from_email: "RESEND_FROM_EMAIL",
    from_name: "RESEND_FROM_NAME",
    webhook_secret: "RESEND_WEBHOOK_SECRET",
  },
};

/**
 * The account that an enterprise's own gateway sends through. Of the first account it has where the providers' APIs
 * are and where we are, and nothing else: an enterprise cannot choose where its credentials go.
 */
export function toOwnAccount(
  adapter: AdapterName,
  gatewayId: string,
  credentials: Credentials,
  first: ProviderAccount,
): ProviderAccount {
  const own = Object.entries(SETTINGS[adapter]).map(([name, setting]) => [setting, credentials[name] ?? ""]);
  return {
    ...first,
    ...NO_SETTINGS,
    ...(Object.fromEntries(own) as Partial<AccountSettings>),
    name: ownAccount(gatewayId),
    gatewayId,
  };
}
