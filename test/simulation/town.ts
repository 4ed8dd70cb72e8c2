import type { AdapterName } from "../../src/domain/adapter-facts.ts";
import type { Kind } from "../../src/domain/lane.ts";
import { key, type MemoryDatabase } from "./memory/tables.ts";

/** The channels of the simulation, with their gateways in fail-over order. */
const CHANNELS: readonly Channel[] = [
  {
    id: "ch_sms",
    name: "SMS",
    kind: "sms",
    gateways: [
      ["sms_a", "twilio_sms"],
      ["sms_b", "twilio_sms"],
    ],
  },
  {
    id: "ch_mail",
    name: "Email",
    kind: "email",
    gateways: [
      ["mail_a", "sendgrid_email"],
      ["mail_b", "resend_email"],
    ],
  },
  { id: "ch_wa", name: "Whatsapp", kind: "whatsapp", gateways: [["wa_a", "twilio_whatsapp"]] },
];

type Channel = { id: string; name: string; kind: Kind; gateways: [name: string, adapter: AdapterName][] };

/** The second gateway of each channel goes through an account of its own. */
export const ACCOUNTS = ["", "second"];

/** Who is notified, and through which gateways. Two share a telephone; one has no e-mail address. */
const ENTERPRISES: { id: string; gateways: string[]; phone: string; email: string | null; policy: string }[] = [
  { id: "e1", gateways: ["sms_a", "sms_b", "mail_a"], phone: "+34600000001", email: "e1@shop.example", policy: "hold" },
  { id: "e2", gateways: ["sms_b", "wa_a"], phone: "+34600000002", email: null, policy: "hold" },
  { id: "e3", gateways: ["mail_a", "mail_b"], phone: "+34600000003", email: "e3@shop.example", policy: "drop" },
  { id: "e4", gateways: ["sms_a"], phone: "+34600000001", email: "e4@shop.example", policy: "hold" },
  { id: "e5", gateways: ["sms_a", "sms_b", "mail_a", "mail_b"], phone: "+34600000005", email: null, policy: "resend" },
];

export const ENTERPRISE_IDS = ENTERPRISES.map((enterprise) => enterprise.id);

/** The sender of a gateway; each has its own, so that the provider's ledger tells which gateway a message went through. */
export function senderOf(gatewayId: string): string {
  return `from-${gatewayId}`;
}

export const SENDERS = CHANNELS.flatMap((channel) => channel.gateways.map(([name]) => senderOf(`gw_${name}`)));

/** Fills the tables that an operator fills. */
export function settle(database: MemoryDatabase): void {
  for (const { id, name, kind, gateways } of CHANNELS) {
    database.channels.set(id, { channelId: id, channelName: name, channelKey: name.toLowerCase(), kind });
    for (const [index, [gateway, adapter]] of gateways.entries()) {
      const gatewayId = `gw_${gateway}`;
      database.gateways.set(gatewayId, {
        gatewayId,
        gatewayName: gateway,
        gatewayKey: gateway,
        channelId: id,
        adapter,
        sender: senderOf(gatewayId),
        priority: index,
        enabled: true,
        account: ACCOUNTS[index] ?? "",
        ownerId: "",
        credentials: null,
        endpoint: null,
        track: index,
        health: "well",
        healthSince: null,
        healthUntil: null,
        trialAt: null,
      });
    }
  }
  for (const { id, gateways, phone, email, policy } of ENTERPRISES) {
    const customer = { enterpriseId: id, isSubscribed: true, phone, email, locale: null, timeZone: null };
    database.customers.set(id, { ...customer, ambiguityPolicy: policy });
    for (const gateway of gateways) {
      const gatewayId = `gw_${gateway}`;
      const channelId = database.gateways.get(gatewayId)?.channelId ?? "";
      const row = { enterpriseId: id, channelId, gatewayId, enabled: true, statuses: null };
      database.subscriptions.set(key(id, channelId, gatewayId), row);
    }
  }
}

/** Whether an enterprise wants a message sent again of which nothing can be found out. */
export function wantsResend(enterpriseId: string): boolean {
  return ENTERPRISES.some(({ id, policy }) => id === enterpriseId && policy === "resend");
}

/** Undoes whatever an operator switched off, and whatever bars an address. */
export function switchAllOn(database: MemoryDatabase): void {
  for (const customer of database.customers.values()) customer.isSubscribed = true;
  for (const gateway of database.gateways.values()) gateway.enabled = true;
  for (const subscription of database.subscriptions.values()) subscription.enabled = true;
  database.suppressions.clear();
}
