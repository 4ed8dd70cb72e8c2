import { isAdapterName } from "../domain/adapter-facts.ts";
import type { Enterprise, SubscribedChannel } from "../domain/directory.ts";
import { readKind } from "../domain/lane.ts";
import type { Db } from "./client.ts";

/** Reads one enterprise with its subscribed channels and their gateways in fail-over order; one statement. */
export async function loadEnterprise(db: Db, enterpriseId: string): Promise<Enterprise | null> {
  const { rows } = await db.$client.execute<DirectoryRow>(DIRECTORY, [enterpriseId]);
  const first = rows[0];
  if (!first) return null;
  const { isSubscribed, phone, email } = first;
  return { isSubscribed: isSubscribed === 1, phone, email, channels: groupByChannel(rows) };
}

const DIRECTORY = `
  SELECT customers.is_subscribed AS isSubscribed, customers.phone, customers.email,
         channels.channel_id AS channelId, channels.channel_name AS channelName, channels.kind,
         gateways.gateway_id AS gatewayId, gateways.gateway_name AS gatewayName, gateways.adapter, gateways.enabled,
         gateways.track
    FROM customers
    LEFT JOIN subscriptions ON subscriptions.enterprise_id = customers.enterprise_id AND subscriptions.enabled = TRUE
    LEFT JOIN gateways ON gateways.gateway_id = subscriptions.gateway_id
    LEFT JOIN channels ON channels.channel_id = subscriptions.channel_id AND channels.channel_id = gateways.channel_id
   WHERE customers.enterprise_id = ?
   ORDER BY channels.channel_id, gateways.priority, gateways.gateway_id`;

/** Null from `channelId` on where there is no subscription. */
type DirectoryRow = {
  isSubscribed: number;
  phone: string | null;
  email: string | null;
  channelId: string | null;
  channelName: string | null;
  kind: string | null;
  gatewayId: string | null;
  gatewayName: string | null;
  adapter: string | null;
  enabled: number | null;
  track: number | null;
};

function groupByChannel(rows: DirectoryRow[]): SubscribedChannel[] {
  const byId = new Map<string, SubscribedChannel>();
  for (const row of rows) {
    if (row.channelId === null || row.gatewayId === null) continue;
    const channel = byId.get(row.channelId) ?? {
      channelId: row.channelId,
      channelName: row.channelName ?? "",
      kind: readKind(row.kind),
      gateways: [],
    };
    channel.gateways.push({
      gatewayId: row.gatewayId,
      gatewayName: row.gatewayName ?? "",
      adapter: row.adapter !== null && isAdapterName(row.adapter) ? row.adapter : null,
      enabled: row.enabled === 1,
      track: row.track ?? 0,
    });
    byId.set(row.channelId, channel);
  }
  return [...byId.values()];
}
