import { fit } from "../../../src/db/fit.ts";
import { ADAPTERS } from "../../../src/domain/adapter-facts.ts";
import type { HeededMessage } from "../../../src/domain/inbound.ts";
import { suppressionKey } from "../../../src/domain/suppression.ts";
import { key, type MemoryDatabase } from "./tables.ts";

/** Plays src/db/inbound.ts. */
export function insertInbound(database: MemoryDatabase, { messageId, adapter, wish }: HeededMessage): void {
  const id = fit(messageId);
  if (database.inbound.has(id)) return;
  database.inbound.set(id, { messageId: id, kind: ADAPTERS[adapter].kind, wish, receivedAt: database.now() });
}

export function findConcerned(database: MemoryDatabase, { messageId, adapter, from, own }: HeededMessage) {
  const message = database.inbound.get(fit(messageId));
  if (!message) return [];
  const channelIds = new Map<string, { enterpriseId: string; channelId: string; receivedAt: number }>();
  for (const { enterpriseId, phone } of database.customers.values()) {
    if (phone !== from || (own && enterpriseId !== own.ownerId)) continue;
    for (const { gatewayId, channelId, adapter: served, ownerId } of database.gateways.values()) {
      const isSubscribed = database.subscriptions.has(key(enterpriseId, channelId, gatewayId));
      const isListed = database.suppressions.has(key(enterpriseId, channelId, suppressionKey(from)));
      const isServing = own
        ? gatewayId === own.gatewayId && ownerId === enterpriseId
        : served === adapter && ownerId === "";
      if (!isServing || (!isSubscribed && !isListed)) continue;
      channelIds.set(key(enterpriseId, channelId), { enterpriseId, channelId, receivedAt: message.receivedAt });
    }
  }
  return [...channelIds.values()];
}
