import { isAdapterName } from "../../../src/domain/adapter-facts.ts";
import { ownAccount } from "../../../src/domain/credentials.ts";
import type { Enterprise, GatewayFacts } from "../../../src/domain/directory.ts";
import { readKind } from "../../../src/domain/lane.ts";
import { choosableTemplates } from "./templates.ts";
import type { GatewayRow, MemoryDatabase } from "./tables.ts";

/** Plays src/db/directory.ts. */
export function loadEnterprise(database: MemoryDatabase, enterpriseId: string): Enterprise | null {
  const customer = database.customers.get(enterpriseId);
  if (!customer) return null;
  const { isSubscribed, phone, email, locale } = customer;
  const byChannel = Map.groupBy(subscribedGateways(database, enterpriseId), (gateway) => gateway.channelId);
  const channels = [...byChannel].map(([channelId, gateways]) => {
    const channel = database.channels.get(channelId);
    return {
      channelId,
      channelName: channel?.channelName ?? "",
      kind: readKind(channel?.kind ?? null),
      gateways: gateways.toSorted(byFailOver).map(toFacts),
    };
  });
  return {
    isSubscribed,
    phone,
    email,
    locale,
    channels: channels.toSorted((a, b) => (a.channelId < b.channelId ? -1 : 1)),
    templates: choosableTemplates(database, enterpriseId, locale),
  };
}

/** Plays the read of many. */
export function loadEnterprises(database: MemoryDatabase, enterpriseIds: string[]): Map<string, Enterprise | null> {
  const found = enterpriseIds.map((id): [string, Enterprise | null] => [id, loadEnterprise(database, id)]);
  return new Map(found.filter(([, enterprise]) => enterprise !== null));
}

/** A gateway as an enterprise subscribes to it. */
export type SubscribedRow = GatewayRow & { statuses: string[] | null };

/** The gateways that an enterprise subscribes to, where subscription and gateway name the same channel. */
export function subscribedGateways(database: MemoryDatabase, enterpriseId: string): SubscribedRow[] {
  return [...database.subscriptions.values()].flatMap((subscription) => {
    if (subscription.enterpriseId !== enterpriseId || !subscription.enabled) return [];
    const gateway = database.gateways.get(subscription.gatewayId);
    const fits = gateway?.channelId === subscription.channelId && database.channels.has(subscription.channelId);
    return gateway && fits && isUsableBy(gateway, enterpriseId)
      ? [{ ...gateway, statuses: subscription.statuses }]
      : [];
  });
}

function isUsableBy({ ownerId }: GatewayRow, enterpriseId: string): boolean {
  return ownerId === "" || ownerId === enterpriseId;
}

/** Plays src/db/account.ts. */
export function accountOf({ ownerId, account, gatewayId }: GatewayRow): string {
  return ownerId === "" ? account : ownAccount(gatewayId);
}

export function byFailOver(a: GatewayRow, b: GatewayRow): number {
  return a.priority - b.priority || (a.gatewayId < b.gatewayId ? -1 : 1);
}

export function toFacts({ gatewayId, gatewayName, adapter, enabled, track, statuses }: SubscribedRow): GatewayFacts {
  return { gatewayId, gatewayName, adapter: isAdapterName(adapter) ? adapter : null, enabled, track, statuses };
}
