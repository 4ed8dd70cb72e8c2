import { Client } from "@planetscale/database";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { gateways } from "../../../src/db/schema.ts";
import { ORIGINAL_GATEWAYS, seed, type SeedEnterprise } from "../../local/seed.ts";
import {
  BACKUP_TWILIO,
  DEMO_SENDGRID,
  DEMO_TWILIO,
  DEMO_TWILIO_OPTIONS,
  demoResendOptions,
  demoSendgridOptions,
} from "../../sandbox/accounts.ts";
import type { SandboxOptions } from "../../sandbox/options.ts";

type Gateway = { channelId: string; gatewayId: string; adapter: string; account: string; sender: string };

/** The second gateway of each channel: another account of the same provider, or another provider. */
const SECOND = {
  sms: {
    channelId: "ch_sms",
    gatewayId: "gw_second_sms",
    adapter: "twilio_sms",
    account: "backup",
    sender: BACKUP_TWILIO.smsFrom,
  },
  email: {
    channelId: "ch_email",
    gatewayId: "gw_second_email",
    adapter: "resend_email",
    account: "",
    sender: "second@shop.example",
  },
  whatsapp: {
    channelId: "ch_whatsapp",
    gatewayId: "gw_second_whatsapp",
    adapter: "twilio_whatsapp",
    account: "backup",
    sender: BACKUP_TWILIO.whatsappFrom,
  },
} satisfies Record<string, Gateway>;

const FIRST = ORIGINAL_GATEWAYS;

/** Every mix of channels with one gateway and with two. */
const SUBSCRIPTIONS = [
  [FIRST.sms, FIRST.email, FIRST.whatsapp],
  [FIRST.sms, SECOND.sms, FIRST.email],
  [FIRST.whatsapp, SECOND.whatsapp],
  [FIRST.email, SECOND.email, FIRST.sms],
  [FIRST.sms, SECOND.sms, FIRST.email, SECOND.email, FIRST.whatsapp, SECOND.whatsapp],
  [FIRST.email],
  [SECOND.email],
];

/** So many that nobody gets a dozen mails a minute: a look-up at Resend reads every mail of a recipient. */
const PER_MIX = 50;

/** The enterprises of a run, each with addresses of its own, so that the ledger tells whose a message is. */
export const ENTERPRISES: (SeedEnterprise & { phone: string; email: string })[] = SUBSCRIPTIONS.flatMap(
  (subscriptions, mix) =>
    Array.from({ length: PER_MIX }, (_, index) => {
      const number = mix * PER_MIX + index;
      const enterpriseId = `shop-${String(number).padStart(3, "0")}`;
      return {
        enterpriseId,
        phone: `+1${202 + Math.floor(number / 100)}55501${String(number % 100).padStart(2, "0")}`,
        email: `orders@${enterpriseId}.example`,
        subscriptions: subscriptions.map(({ channelId, gatewayId }) => ({ channelId, gatewayId })),
      };
    }),
);

/** Enterprises whose subscription of a channel comes and goes while the load runs. */
export const CHANGING = ENTERPRISES.filter(
  ({ subscriptions }, number) => subscriptions.length >= 3 && number % PER_MIX < 10,
);

/** What each gateway sends from, for the check that nobody sent in another's name. */
export const SENDERS: ReadonlyMap<string, string> = new Map([
  [FIRST.sms.gatewayId, DEMO_TWILIO.smsFrom],
  [FIRST.email.gatewayId, DEMO_SENDGRID.fromEmail],
  [FIRST.whatsapp.gatewayId, DEMO_TWILIO.whatsappFrom],
  ...Object.values(SECOND).map(({ gatewayId, sender }): [string, string] => [gatewayId, sender]),
]);

/** The providers' accounts; events go to `publicUrl`. */
export function providerOptions(publicUrl: string, eventSigningKey: string): SandboxOptions {
  return {
    port: 0,
    pace: "fast",
    twilio: DEMO_TWILIO_OPTIONS,
    sendgrid: { ...demoSendgridOptions(`${publicUrl}/callbacks/sendgrid`), eventSigningKey },
    resend: demoResendOptions(`${publicUrl}/callbacks/resend`),
  };
}

/** Adds the second gateways, the enterprises and their subscriptions. `databaseUrl` of the bridge. */
export async function seedEnterprises(databaseUrl: string): Promise<void> {
  const rows = Object.entries(SECOND).map(([kind, gateway]) => ({
    ...gateway,
    gatewayName: `Second ${kind}`,
    gatewayKey: `second ${kind}`,
    priority: 200,
    track: 1,
  }));
  await drizzle(new Client({ url: databaseUrl }))
    .insert(gateways)
    .values(rows);
  await seed(databaseUrl, ENTERPRISES);
}
