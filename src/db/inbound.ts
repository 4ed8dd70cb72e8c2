import { sql } from "drizzle-orm";
import { ADAPTERS } from "../domain/adapter-facts.ts";
import type { HeededMessage } from "../domain/inbound.ts";
import { suppressionKey } from "../domain/suppression.ts";
import type { Db } from "./client.ts";
import { fit } from "./fit.ts";
import { instantOf, utcNow } from "./time.ts";

/** Stores that a message came in, but not its text or its sender. One that came before keeps its first time. */
export async function insertInbound(db: Db, { messageId, adapter, wish }: HeededMessage): Promise<void> {
  await db.execute(sql`
    INSERT INTO inbound (message_id, kind, wish, received_at)
    VALUES (${fit(messageId)}, ${ADAPTERS[adapter].kind}, ${wish}, ${utcNow})
    ON DUPLICATE KEY UPDATE kind = inbound.kind`);
}

/** An enterprise that a message concerns, on one of its channels. */
export type Concerned = { enterpriseId: string; channelId: string; receivedAt: number };

/**
 * The enterprises whose phone a message came from, each with the channels on which the adapter serves it or has
 * served it, and when the message first came. One that came to an enterprise's own gateway concerns that enterprise on
 * that gateway's channel.
 */
export async function findConcerned(db: Db, { messageId, adapter, from, own }: HeededMessage): Promise<Concerned[]> {
  const ofCustomer = own ? sql`AND customers.enterprise_id = ${own.ownerId}` : sql``;
  const isServing = own
    ? sql`gateways.gateway_id = ${own.gatewayId} AND gateways.owner_id = customers.enterprise_id`
    : sql`gateways.adapter = ${adapter} AND gateways.owner_id = ''`;
  const { rows } = await db.execute(sql`
    SELECT DISTINCT customers.enterprise_id AS enterpriseId, gateways.channel_id AS channelId,
           inbound.received_at AS receivedAt
      FROM inbound
      JOIN customers ON customers.phone = ${from} ${ofCustomer}
      JOIN gateways ON ${isServing}
     WHERE inbound.message_id = ${fit(messageId)}
       AND (EXISTS (SELECT 1 FROM subscriptions
                     WHERE subscriptions.enterprise_id = customers.enterprise_id
                       AND subscriptions.channel_id = gateways.channel_id
                       AND subscriptions.gateway_id = gateways.gateway_id)
         OR EXISTS (SELECT 1 FROM suppressions
                     WHERE suppressions.enterprise_id = customers.enterprise_id
                       AND suppressions.channel_id = gateways.channel_id
                       AND suppressions.address = ${suppressionKey(from) ?? ""}))`);
  return (rows as (Omit<Concerned, "receivedAt"> & { receivedAt: string })[]).map((row) => ({
    ...row,
    receivedAt: instantOf(row.receivedAt),
  }));
}
