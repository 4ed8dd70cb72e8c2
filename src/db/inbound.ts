import { and, eq, exists, or, sql } from "drizzle-orm";
import { ADAPTERS } from "../domain/adapter-facts.ts";
import type { HeededMessage } from "../domain/inbound.ts";
import { suppressionKey } from "../domain/suppression.ts";
import type { Db } from "./client.ts";
import { fit } from "./fit.ts";
import { customers, gateways, inbound, subscriptions, suppressions } from "./schema.ts";
import { utcNow } from "./time.ts";

/** Stores that a message came in, but not its text or its sender. One that came before keeps its first time. */
export async function insertInbound(db: Db, { messageId, adapter, wish }: HeededMessage): Promise<void> {
  await db
    .insert(inbound)
    .values({ messageId: fit(messageId), kind: ADAPTERS[adapter].kind, wish, receivedAt: utcNow })
    .onDuplicateKeyUpdate({ set: { kind: sql`kind` } });
}

/**
 * The enterprises whose phone a message came from, each with the channels on which the adapter serves it or has
 * served it, and when the message first came.
 */
export async function findConcerned(db: Db, { messageId, adapter, from }: HeededMessage) {
  const isSubscribed = db
    .select({ one: sql`1` })
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.enterpriseId, customers.enterpriseId),
        eq(subscriptions.channelId, gateways.channelId),
        eq(subscriptions.gatewayId, gateways.gatewayId),
      ),
    );
  const isListed = db
    .select({ one: sql`1` })
    .from(suppressions)
    .where(
      and(
        eq(suppressions.enterpriseId, customers.enterpriseId),
        eq(suppressions.channelId, gateways.channelId),
        eq(suppressions.address, suppressionKey(from) ?? ""),
      ),
    );
  return db
    .selectDistinct({
      enterpriseId: customers.enterpriseId,
      channelId: gateways.channelId,
      receivedAt: inbound.receivedAt,
    })
    .from(inbound)
    .innerJoin(customers, eq(customers.phone, from))
    .innerJoin(gateways, eq(gateways.adapter, adapter))
    .where(and(eq(inbound.messageId, fit(messageId)), or(exists(isSubscribed), exists(isListed))));
}
