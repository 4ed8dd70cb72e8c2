import { and, asc, eq } from "drizzle-orm";
import { isAdapterName } from "../domain/adapter-facts.ts";
import type { Enterprise, SubscribedChannel } from "../domain/directory.ts";
import { readKind } from "../domain/lane.ts";
import type { Db } from "./client.ts";
import { channels, customers, gateways, subscriptions } from "./schema.ts";

/** Reads one enterprise with its subscribed channels and their gateways in fail-over order; one statement. */
export async function loadEnterprise(db: Db, enterpriseId: string): Promise<Enterprise | null> {
  const rows = await db
    .select({
      isSubscribed: customers.isSubscribed,
      phone: customers.phone,
      email: customers.email,
      channelId: channels.channelId,
      channelName: channels.channelName,
      kind: channels.kind,
      gatewayId: gateways.gatewayId,
      gatewayName: gateways.gatewayName,
      adapter: gateways.adapter,
      enabled: gateways.enabled,
      track: gateways.track,
    })
    .from(customers)
    .leftJoin(
      subscriptions,
      and(eq(subscriptions.enterpriseId, customers.enterpriseId), eq(subscriptions.enabled, true)),
    )
    .leftJoin(gateways, eq(gateways.gatewayId, subscriptions.gatewayId))
    .leftJoin(
      channels,
      and(eq(channels.channelId, subscriptions.channelId), eq(channels.channelId, gateways.channelId)),
    )
    .where(eq(customers.enterpriseId, enterpriseId))
    .orderBy(asc(channels.channelId), asc(gateways.priority), asc(gateways.gatewayId));
  const first = rows[0];
  if (!first) return null;
  const { isSubscribed, phone, email } = first;
  return { isSubscribed, phone, email, channels: groupByChannel(rows) };
}

type DirectoryRow = {
  channelId: string | null;
  channelName: string | null;
  kind: string | null;
  gatewayId: string | null;
  gatewayName: string | null;
  adapter: string | null;
  enabled: boolean | null;
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
      enabled: row.enabled === true,
      track: row.track ?? 0,
    });
    byId.set(row.channelId, channel);
  }
  return [...byId.values()];
}
