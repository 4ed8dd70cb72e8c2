import type { AdapterName } from "../domain/adapter-facts.ts";
import type { Times } from "../domain/times.ts";
import type { Credentials, SealedGateway } from "../domain/credentials.ts";
import type { Adapter, Fetch, InboundReader, ReceiptReader } from "./adapter.ts";
import { notConfigured } from "./not-configured.ts";
import { toOwnAccount } from "./own-account.ts";
import { createOwnAdapter } from "./own-adapter.ts";
import type { ProviderAccount } from "./provider-accounts.ts";
import { createResendEmail } from "./resend/resend-email.ts";
import { createResendReceiptReader } from "./resend/resend-receipts.ts";
import { createSendgridEmail } from "./sendgrid/sendgrid-email.ts";
import { createSendgridReceiptReader } from "./sendgrid/sendgrid-receipts.ts";
import { createTwilioInboundReader } from "./twilio/twilio-inbound.ts";
import { createTwilioReceiptReader } from "./twilio/twilio-receipts.ts";
import { createTwilioSms } from "./twilio/twilio-sms.ts";
import { createTwilioWhatsapp } from "./twilio/twilio-whatsapp.ts";
import type { Vault } from "./vault.ts";

/** The adapter of a gateway row, by the two names that it has there, or by its own credentials where it has an owner. */
export type AdapterOf = (adapter: AdapterName, account: string, gateway: SealedGateway) => Adapter;

type Timing = Pick<Times, "callTimeout">;

/**
 * Makes every adapter of every account, the first one's first. One of an account that there is not is misconfigured
 * until there is. Those of enterprises' own gateways are made anew for each call.
 */
export function createAdapters(
  accounts: readonly [ProviderAccount, ...ProviderAccount[]],
  fetch: Fetch,
  times: Timing,
  vault: Vault,
): AdapterOf {
  const [first] = accounts;
  const byAccount = new Map(accounts.map((account) => [account.name, adaptersOf(account, fetch, times)]));
  return (adapter, account, gateway) => {
    if (gateway.ownerId === "") return byAccount.get(account)?.[adapter] ?? withoutAccount(account);
    const make = (credentials: Credentials) =>
      adaptersOf(toOwnAccount(adapter, gateway.gatewayId, credentials, first), fetch, times)[adapter];
    return createOwnAdapter(gateway, vault, make);
  };
}

/** Every adapter by the name that gateway rows use. A new provider is one more line here. */
function adaptersOf(
  account: ProviderAccount,
  fetch: Fetch,
  { callTimeout: callTimeoutMs }: Timing,
): Record<AdapterName, Adapter> {
  const twilio = {
    apiUrl: account.TWILIO_API_URL,
    accountSid: account.TWILIO_ACCOUNT_SID,
    authToken: account.TWILIO_AUTH_TOKEN,
    publicUrl: account.PUBLIC_URL,
    ...(account.gatewayId === undefined ? {} : { gatewayId: account.gatewayId }),
    callTimeoutMs,
  };
  return {
    twilio_sms: createTwilioSms(
      { ...twilio, from: account.TWILIO_FROM, messagingServiceSid: account.TWILIO_MESSAGING_SERVICE_SID },
      fetch,
    ),
    twilio_whatsapp: createTwilioWhatsapp(
      { ...twilio, from: account.TWILIO_WHATSAPP_FROM, contentSid: account.TWILIO_WHATSAPP_CONTENT_SID },
      fetch,
    ),
    sendgrid_email: createSendgridEmail(
      {
        apiUrl: account.SENDGRID_API_URL,
        apiKey: account.SENDGRID_API_KEY,
        fromEmail: account.SENDGRID_FROM_EMAIL,
        fromName: account.SENDGRID_FROM_NAME,
        callTimeoutMs,
      },
      fetch,
    ),
    resend_email: createResendEmail(
      {
        apiUrl: account.RESEND_API_URL,
        apiKey: account.RESEND_API_KEY,
        fromEmail: account.RESEND_FROM_EMAIL,
        fromName: account.RESEND_FROM_NAME,
        callTimeoutMs,
      },
      fetch,
    ),
  };
}

function withoutAccount(account: string): Adapter {
  const what = `the provider account ${account}`;
  return {
    send: async () => notConfigured(what),
    lookUp: async () => ({ kind: "unanswered", code: "not_configured", reason: `${what} is not configured` }),
  };
}

/** Who reads the callbacks of a provider, by the last part of `/callbacks/…`. */
export function createReceiptReaders(accounts: readonly ProviderAccount[]): ReadonlyMap<string, ReceiptReader> {
  return new Map([
    ["twilio", createTwilioReceiptReader(twilioSigners(accounts))],
    [
      "sendgrid",
      createSendgridReceiptReader(
        accounts.map(({ name, SENDGRID_WEBHOOK_PUBLIC_KEY: publicKey }) => ({ name, publicKey })),
      ),
    ],
    [
      "resend",
      createResendReceiptReader(accounts.map(({ name, RESEND_WEBHOOK_SECRET: secret }) => ({ name, secret }))),
    ],
  ]);
}

/** Who reads the messages that come in at a provider, by the middle part of `/callbacks/…/inbound`. */
export function createInboundReaders(accounts: readonly ProviderAccount[]): ReadonlyMap<string, InboundReader> {
  return new Map([["twilio", createTwilioInboundReader(twilioSigners(accounts))]]);
}

function twilioSigners(accounts: readonly ProviderAccount[]) {
  return accounts.map(({ name, TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken }) => ({
    name,
    accountSid,
    authToken,
  }));
}
