import { ADAPTERS } from "./adapter-facts.ts";
import { usableAddress } from "./address.ts";
import type { Enterprise, GatewayFacts, SubscribedChannel } from "./directory.ts";
import { laneOf, type Lane } from "./lane.ts";
import type { OrderUpdate } from "./order-update.ts";
import type { SkipCode } from "./skip.ts";
import { isWanted } from "./subscription.ts";
import { chooseTemplate } from "./template-choice.ts";
import { missingNames } from "./template-text.ts";
import type { TemplateFacts } from "./template.ts";

/** One row to be: a delivery through its first gateway, or a skip with its code. */
export type PlannedDelivery = {
  position: number;
  lane: Lane;
  channelId: string | null;
  channel: string;
  gatewayId: string | null;
  gateway: string;
  /** The version that it will be written with; null: the original's sentence. */
  templateId: string | null;
  skip: SkipCode | null;
};

/** Something that a channel's template needs and the update does not bring (`data.eta`). */
export type MissingVariable = { name: string; channel: string };

type PlannedUpdate = Pick<OrderUpdate, "status" | "data">;

/** `refused`: nothing can be sent at all, and the caller is told so; its one row keeps the reason. */
export type Plan =
  | { kind: "planned"; deliveries: PlannedDelivery[]; missing: MissingVariable[] }
  | { kind: "refused"; code: "not_subscribed" | "no_channels"; deliveries: PlannedDelivery[] };

/** Decides what becomes of an update: one delivery or one skip for each subscribed channel. */
export function planDeliveries(enterprise: Enterprise, update: PlannedUpdate): Plan {
  if (!enterprise.isSubscribed) return refuse("not_subscribed");
  if (enterprise.channels.length === 0) return refuse("no_channels");
  const planned = enterprise.channels.map((channel, position) => planChannel(enterprise, channel, position, update));
  return {
    kind: "planned",
    deliveries: planned.map(({ delivery }) => delivery),
    missing: planned.flatMap(({ delivery: { channel }, template }) =>
      missingNames(template?.needs ?? [], update.data).map((name) => ({ name, channel })),
    ),
  };
}

function planChannel(
  enterprise: Enterprise,
  channel: SubscribedChannel,
  position: number,
  { status }: PlannedUpdate,
): { delivery: PlannedDelivery; template: TemplateFacts | null } {
  const { channelId, channelName, kind } = channel;
  const { gateway, skip } = firstGateway(enterprise, channel.gateways, status);
  const { templates, locale } = enterprise;
  const template = skip === null ? chooseTemplate(templates, { channelId, status, locale }) : null;
  return {
    template,
    delivery: {
      position,
      lane: laneOf(kind, gateway?.track ?? 0),
      channelId,
      channel: channelName,
      gatewayId: gateway?.gatewayId ?? null,
      gateway: gateway?.gatewayName ?? "",
      templateId: template?.templateId ?? null,
      skip,
    },
  };
}

function firstGateway(
  enterprise: Enterprise,
  gateways: GatewayFacts[],
  status: string,
): { gateway: GatewayFacts; skip: null } | { gateway: null; skip: SkipCode } {
  const enabled = gateways.filter((gateway) => gateway.enabled && gateway.adapter !== null);
  if (enabled.length === 0) return { gateway: null, skip: "channel_disabled" };
  const wanting = enabled.filter(({ statuses }) => isWanted(status, statuses));
  if (wanting.length === 0) return { gateway: null, skip: "status_not_wanted" };
  const gateway = wanting.find(
    ({ adapter }) => adapter !== null && usableAddress(enterprise, ADAPTERS[adapter].address) !== null,
  );
  return gateway ? { gateway, skip: null } : { gateway: null, skip: "no_address" };
}

function refuse(code: "not_subscribed" | "no_channels"): Plan {
  const row = { position: 0, lane: "other", channelId: null, channel: "", gatewayId: null, gateway: "" } as const;
  return { kind: "refused", code, deliveries: [{ ...row, templateId: null, skip: code }] };
}
