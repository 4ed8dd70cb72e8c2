import type { Enterprise, GatewayFacts, SubscribedChannel } from "../../../src/domain/directory.ts";
import type { DueDelivery, GatewayCandidate } from "../../../src/domain/due-delivery.ts";
import type { OrderUpdate } from "../../../src/domain/order-update.ts";

export function newId(prefix: string): string {
  return `${prefix}-${crypto.randomUUID().slice(0, 13)}`;
}

export function anUpdate(changes: Partial<OrderUpdate> = {}): OrderUpdate {
  return {
    enterpriseId: newId("ent"),
    shipmentId: newId("ship"),
    status: "delivered",
    occurredAt: Date.UTC(2026, 5, 15, 12),
    timestampText: "2026-06-15 12:00:00",
    data: null,
    ...changes,
  };
}

export function aGateway(changes: Partial<GatewayFacts> = {}): GatewayFacts {
  return {
    gatewayId: newId("gw"),
    gatewayName: "Twilio",
    adapter: "twilio_sms",
    enabled: true,
    track: 0,
    statuses: null,
    ...changes,
  };
}

export function aChannel(changes: Partial<SubscribedChannel> = {}): SubscribedChannel {
  return { channelId: newId("ch"), channelName: "SMS", kind: "sms", gateways: [aGateway()], ...changes };
}

export function anEnterprise(changes: Partial<Enterprise> = {}): Enterprise {
  return {
    isSubscribed: true,
    phone: "+34600111222",
    email: "ops@shop.test",
    locale: null,
    channels: [aChannel()],
    templates: [],
    ...changes,
  };
}

export function aCandidate(changes: Partial<GatewayCandidate> = {}): GatewayCandidate {
  return {
    ...aGateway(),
    sender: null,
    account: "",
    ownerId: "",
    credentials: null,
    health: "well",
    trialInMs: 0,
    tries: 0,
    barred: false,
    ...changes,
  };
}

/** A delivery that our claim holds and that nothing keeps from being sent. */
export function aDueDelivery(changes: Partial<DueDelivery> = {}): DueDelivery {
  const now = Date.UTC(2026, 5, 15, 12, 0, 5);
  return {
    deliveryId: newId("dlv"),
    enterpriseId: newId("ent"),
    shipmentId: newId("ship"),
    status: "delivered",
    occurredAt: now - 5_000,
    timestampText: "2026-06-15 12:00:00",
    pinned: null,
    lane: "sms",
    kind: "sms",
    channelId: "ch-sms",
    channel: "SMS",
    code: null,
    attemptNo: 1,
    mine: true,
    due: false,
    unlogged: false,
    now,
    acceptedAt: now - 1_000,
    expiresAt: now + 60_000,
    customer: { isSubscribed: true, phone: "+34600111222", email: "ops@shop.test" },
    candidates: [aCandidate()],
    suppressed: { phone: false, email: false },
    wasTried: changes.candidates?.some((candidate) => candidate.tries > 0) ?? false,
    newerSent: false,
    newerPending: false,
    olderWaiting: false,
    ...changes,
  };
}
