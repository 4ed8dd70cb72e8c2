import type { NewUpdate } from "../../src/domain/new-update.ts";
import type { AttemptOutcome, ResultStep } from "../../src/domain/delivery-result.ts";
import type { SkipCode } from "../../src/domain/skip.ts";
import { times, type Port, type Settings } from "./ports-kit.ts";

/** Two enterprises that share a telephone, two channels, and two gateways on one of them, one of another account. */
export const SETTINGS: Settings = {
  customers: [customer("ent_a", "hold"), customer("ent_b", "resend"), customer("ent_c", "drop")],
  channels: [
    { channelId: "ch_mail", channelName: "Email", channelKey: "email", kind: "email" },
    { channelId: "ch_sms", channelName: "SMS", channelKey: "sms", kind: "sms" },
  ],
  gateways: [
    gateway("gw_sms_1", "ch_sms", "twilio_sms", 2, ""),
    gateway("gw_sms_2", "ch_sms", "twilio_sms", 1, "second"),
    gateway("gw_mail", "ch_mail", "sendgrid_email", 1, ""),
  ],
  subscriptions: ["ent_a", "ent_b", "ent_c"].flatMap((enterpriseId) => [
    { enterpriseId, channelId: "ch_sms", gatewayId: "gw_sms_1", enabled: true, statuses: null },
    { enterpriseId, channelId: "ch_sms", gatewayId: "gw_sms_2", enabled: true, statuses: null },
    { enterpriseId, channelId: "ch_mail", gatewayId: "gw_mail", enabled: true, statuses: null },
  ]),
  templates: [],
};

export const NOTHING: Settings = { customers: [], channels: [], gateways: [], subscriptions: [], templates: [] };

/** One more that shares their telephone. */
export const ENTERPRISE_D = customer("ent_d", "hold");

function customer(enterpriseId: string, ambiguityPolicy: string) {
  const email = `${enterpriseId}@shop.example`;
  return {
    enterpriseId,
    isSubscribed: true,
    phone: "+34600000001",
    email,
    locale: null,
    timeZone: null,
    ambiguityPolicy,
  };
}

function gateway(gatewayId: string, channelId: string, adapter: string, priority: number, account: string) {
  const named = { gatewayId, gatewayName: gatewayId, gatewayKey: gatewayId, channelId, adapter, account, priority };
  const well = { enabled: true, track: 0, health: "well", healthSince: null, healthUntil: null, trialAt: null };
  const shared = { ownerId: "", credentials: null, endpoint: null };
  return { ...named, ...well, ...shared, sender: `+1555${gatewayId}` };
}

type Wanted = {
  enterpriseId?: string;
  shipmentId?: string;
  status?: string;
  minute?: number;
  channelId?: "ch_sms" | "ch_mail";
  skip?: SkipCode | null;
  key?: string | null;
  templateId?: string | null;
};

/** One delivery of an update of its own; `minute` orders the statuses of a shipment. */
export function anUpdate(deliveryId: string, wanted: Wanted = {}): NewUpdate {
  const { enterpriseId = "ent_a", shipmentId = "S1", status = "shipped", minute = 0, channelId = "ch_sms" } = wanted;
  const { skip = null, key = null, templateId = null } = wanted;
  const occurredAt = Date.UTC(2026, 0, 15, 12, minute);
  const isSms = channelId === "ch_sms";
  const gatewayId = isSms ? "gw_sms_2" : "gw_mail";
  return {
    updateId: `upd_${deliveryId}`,
    update: {
      enterpriseId,
      shipmentId,
      status,
      occurredAt,
      timestampText: new Date(occurredAt).toISOString(),
      data: { note: "a" },
    },
    keys: {
      updateKey: digest(`${shipmentId}-${status}-${minute}-${channelId}`),
      idempotencyHash: key === null ? null : digest(key),
      fingerprint: digest("content"),
    },
    expiresAfterMs: times.expires,
    deliveries: [
      {
        deliveryId,
        position: 0,
        lane: isSms ? "sms" : "email",
        channelId,
        channel: isSms ? "SMS" : "Email",
        gatewayId: skip ? null : gatewayId,
        gateway: skip ? "" : gatewayId,
        templateId,
        skip,
      },
    ],
  };
}

/** A text where a digest of 43 characters stands. */
export function digest(text: string): string {
  return text.padEnd(43, ".").slice(0, 43);
}

export type Name = { enterpriseId: string; deliveryId: string };

export function nameOf(deliveryId: string, enterpriseId = "ent_a"): Name {
  return { enterpriseId, deliveryId };
}

export function intentOf(deliveryId: string, attemptId: string, enterpriseId = "ent_a", gatewayId = "gw_sms_2") {
  const to = gatewayId === "gw_mail" ? `${enterpriseId}@shop.example` : "+34600000001";
  return { attemptId, enterpriseId, deliveryId, gatewayId, gateway: gatewayId, to };
}

/** A delivery that is claimed, with its attempt `att_<id>`, as far as the call. */
export async function called(port: Port, deliveryId: string, wanted: Wanted = {}) {
  await port.updates.insert(anUpdate(deliveryId, wanted));
  return claimed(port, deliveryId, wanted.enterpriseId, wanted.channelId === "ch_mail" ? "gw_mail" : "gw_sms_2");
}

/** Claims a delivery and commits its intent; gives it as it was loaded. */
export async function claimed(port: Port, deliveryId: string, enterpriseId = "ent_a", gatewayId = "gw_sms_2") {
  const names = [nameOf(deliveryId, enterpriseId)];
  await port.sending.claim(names, `lse_${deliveryId}`);
  const [delivery] = await port.sending.load(names, `lse_${deliveryId}`);
  if (!delivery) throw new Error(`There is no ${deliveryId}.`);
  const attemptId = `att_${deliveryId}_${delivery.attemptNo}`;
  await port.sending.commitIntents([intentOf(deliveryId, attemptId, enterpriseId, gatewayId)], `lse_${deliveryId}`);
  return { delivery, attemptId, attempt: { attemptId, gatewayId, gateway: gatewayId } };
}

/** The states of all deliveries by their ids. */
export async function statesOf(port: Port): Promise<Record<string, unknown>> {
  const rows = await port.rows("deliveries");
  return Object.fromEntries(rows.map((row) => [row["deliveryId"], row["state"]]));
}

/** Values that come in no order, as texts in one. */
export function sorted(values: unknown[]): string[] {
  return values.map(String).toSorted();
}

export const AMBIGUOUS: AttemptOutcome = { kind: "ambiguous", code: "timeout", reason: "no answer" };

/** A delivery whose call came to something; gives its attempt. */
export async function ended(port: Port, id: string, outcome: AttemptOutcome, step: ResultStep, wanted: Wanted = {}) {
  const { delivery, attempt, attemptId } = await called(port, id, wanted);
  await port.sending.record([{ delivery, attempt: { ...attempt, outcome }, step }]);
  return attemptId;
}
