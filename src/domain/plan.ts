import { ADAPTERS } from "./adapter-facts.ts";
import { usableAddress } from "./address.ts";
import type { Enterprise, GatewayFacts, SubscribedChannel } from "./directory.ts";
import { laneOf, type Lane } from "./lane.ts";
import type { SkipCode } from "./skip.ts";

/** One row to be: a delivery through its first gateway, or a skip with its code. */
export type PlannedDelivery = {
  position: number;
  lane: Lane;
  channelId: string | null;
  channel: string;
  gatewayId: string | null;
  gateway: string;
  skip: SkipCode | null;
};

/** `refused`: nothing can be sent at all, and the caller is told so; its one row keeps the reason. */
export type Plan =
  | { kind: "planned"; deliveries: PlannedDelivery[] }
  | { kind: "refused"; code: "not_subscribed" | "no_channels"; deliveries: PlannedDelivery[] };

/** Decides what becomes of an update: one delivery or one skip for each subscribed channel. */
export function planDeliveries(enterprise: Enterprise): Plan {
  if (!enterprise.isSubscribed) return refuse("not_subscribed");
  if (enterprise.channels.length === 0) return refuse("no_channels");
  return {
    kind: "planned",
    deliveries: enterprise.channels.map((channel, position) => planChannel(enterprise, channel, position)),
  };
}

function planChannel(enterprise: Enterprise, channel: SubscribedChannel, position: number): PlannedDelivery {
  const choice = firstGateway(enterprise, channel.gateways);
  return {
    position,
    lane: laneOf(channel.kind, choice.gateway?.track ?? 0),
    channelId: channel.channelId,
    channel: channel.channelName,
    gatewayId: choice.gateway?.gatewayId ?? null,
    gateway: choice.gateway?.gatewayName ?? "",
    skip: choice.skip,
  };
}

function firstGateway(
  enterprise: Enterprise,
  gateways: GatewayFacts[],
): { gateway: GatewayFacts; skip: null } | { gateway: null; skip: SkipCode } {
  const enabled = gateways.filter((gateway) => gateway.enabled && gateway.adapter !== null);
  if (enabled.length === 0) return { gateway: null, skip: "channel_disabled" };
  const gateway = enabled.find(
    ({ adapter }) => adapter !== null && usableAddress(enterprise, ADAPTERS[adapter].address) !== null,
  );
  return gateway ? { gateway, skip: null } : { gateway: null, skip: "no_address" };
}

function refuse(code: "not_subscribed" | "no_channels"): Plan {
  const row = { position: 0, lane: "other", channelId: null, channel: "", gatewayId: null, gateway: "" } as const;
  return { kind: "refused", code, deliveries: [{ ...row, skip: code }] };
}
