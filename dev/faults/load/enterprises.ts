import { Client } from "@planetscale/database";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { gateways } from "../../../src/db/schema.ts";
import { ORIGINAL_GATEWAYS, seed, type SeedEnterprise } from "../../local/seed.ts";
import { DEMO_SENDGRID, DEMO_TWILIO, DEMO_TWILIO_OPTIONS, demoSendgridOptions } from "../../sandbox/accounts.ts";
import type { SandboxOptions } from "../../sandbox/options.ts";

type Gateway = { channelId: string; gatewayId: string; sender: string };

const SECOND = {
  sms: { channelId: "ch_sms", gatewayId: "gw_second_sms", sender: "+15005550010" },
  email: { channelId: "ch_email", gatewayId: "gw_second_email", sender: "second@shop.example" },
  whatsapp: { channelId: "ch_whatsapp", gatewayId: "gw_second_whatsapp", sender: "+14155238887" },
} satisfies Record<string, Gateway>;

const ADAPTERS = { sms: "twilio_sms", email: "sendgrid_email", whatsapp: "twilio_whatsapp" } as const;

const FIRST = ORIGINAL_GATEWAYS;

/** Every mix of channels with one gateway and with two. */
const SUBSCRIPTIONS = [
  [FIRST.sms, FIRST.email, FIRST.whatsapp],
  [FIRST.sms, SECOND.sms, FIRST.email],
  [FIRST.whatsapp, SECOND.whatsapp],
  [FIRST.email, SECOND.email, FIRST.sms],
  [FIRST.sms, SECOND.sms, FIRST.email, SECOND.email, FIRST.whatsapp, SECOND.whatsapp],
  [FIRST.email],
];

const PER_MIX = 4;

/** The enterprises of a run, each with addresses of its own, so that the ledger tells whose a message is. */
export const ENTERPRISES: (SeedEnterprise & { phone: string; email: string })[] = SUBSCRIPTIONS.flatMap(
  (subscriptions, mix) =>
    Array.from({ length: PER_MIX }, (_, index) => {
      const number = mix * PER_MIX + index;
      const enterpriseId = `shop-${String(number).padStart(2, "0")}`;
      return {
        enterpriseId,
        phone: `+120255501${String(number).padStart(2, "0")}`,
        email: `orders@${enterpriseId}.example`,
        subscriptions: subscriptions.map(({ channelId, gatewayId }) => ({ channelId, gatewayId })),
      };
    }),
);

/** Enterprises whose subscription of a channel comes and goes while the load runs. */
export const CHANGING = ENTERPRISES.filter((_, number) => [0, 16].includes(number));

/** What each gateway sends from, for the check that nobody sent in another's name. */
export const SENDERS: ReadonlyMap<string, string> = new Map([
  [FIRST.sms.gatewayId, DEMO_TWILIO.smsFrom],
  [FIRST.email.gatewayId, DEMO_SENDGRID.fromEmail],
  [FIRST.whatsapp.gatewayId, DEMO_TWILIO.whatsappFrom],
  ...Object.values(SECOND).map(({ gatewayId, sender }): [string, string] => [gatewayId, sender]),
]);

/** The providers' accounts, with the senders of the second gateways; `eventWebhookUrl` for e-mail events. */
export function providerOptions(eventWebhookUrl: string, eventSigningKey: string): SandboxOptions {
  const twilio = DEMO_TWILIO_OPTIONS;
  const sendgrid = demoSendgridOptions(eventWebhookUrl);
  return {
    port: 0,
    pace: "fast",
    twilio: {
      ...twilio,
      senders: [...twilio.senders, SECOND.sms.sender],
      whatsappSenders: [...(twilio.whatsappSenders ?? []), SECOND.whatsapp.sender],
    },
    sendgrid: { ...sendgrid, verifiedSenders: [...sendgrid.verifiedSenders, SECOND.email.sender], eventSigningKey },
  };
}

/** Adds the second gateways, the enterprises and their subscriptions. `databaseUrl` of the bridge. */
export async function seedEnterprises(databaseUrl: string): Promise<void> {
  const rows = Object.entries(SECOND).map(([kind, gateway]) => ({
    ...gateway,
    gatewayName: `Second ${kind}`,
    gatewayKey: `second ${kind}`,
    adapter: ADAPTERS[kind as keyof typeof ADAPTERS],
    priority: 200,
    track: 1,
  }));
  await drizzle(new Client({ url: databaseUrl }))
    .insert(gateways)
    .values(rows);
  await seed(databaseUrl, ENTERPRISES);
}
