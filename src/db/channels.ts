import { asc, eq, sql } from "drizzle-orm";
import { readKind, TRACKS, type Kind } from "../domain/lane.ts";
import type { Db } from "./client.ts";
import { isDuplicateKey } from "./errors.ts";
import { channels, gateways } from "./schema.ts";

export type ChannelRow = { channelId: string; channelName: string; channelKey: string; kind: Kind };

export type GatewayRow = {
  gatewayId: string;
  gatewayName: string;
  gatewayKey: string;
  channelId: string;
  adapter: string;
  sender: string | null;
  account: string;
  priority: number;
};

/** A channel by its name in lower case. */
export async function findChannel(db: Db, channelKey: string): Promise<ChannelRow | null> {
  const rows = await db.select().from(channels).where(eq(channels.channelKey, channelKey));
  const row = rows[0];
  return row ? { ...row, kind: readKind(row.kind) } : null;
}

/** Adds a channel. `duplicate`: somebody else added one of that name first. */
export function insertChannel(db: Db, row: ChannelRow): Promise<"inserted" | "duplicate"> {
  return insertOnce(() => db.insert(channels).values(row));
}

/**
 * Adds a gateway and deals it to the next lane of its channel. The channel's row is locked meanwhile, so that two
 * that are added at once do not get the same lane; and counted by a join, for MySQL reads no table in a subquery that
 * it inserts into. `duplicate`: its channel has one of that name.
 */
export function insertGateway(db: Db, row: GatewayRow): Promise<"inserted" | "duplicate"> {
  return insertOnce(() =>
    db.execute(sql`
    INSERT INTO gateways
           (gateway_id, gateway_name, gateway_key, channel_id, adapter, sender, account, priority, track)
    SELECT ${row.gatewayId}, ${row.gatewayName}, ${row.gatewayKey}, c.channel_id, ${row.adapter}, ${row.sender},
           ${row.account}, ${row.priority}, COUNT(g.gateway_id) % ${TRACKS}
      FROM channels c
      LEFT JOIN gateways g ON g.channel_id = c.channel_id
     WHERE c.channel_id = ${row.channelId}
     GROUP BY c.channel_id
       FOR UPDATE`),
  );
}

/** Every gateway with its channel, in the order of the original: by channel, then by fail-over order. */
export async function listGateways(db: Db) {
  return db
    .select({
      channel_id: channels.channelId,
      channel_name: channels.channelName,
      gateway_id: gateways.gatewayId,
      gateway_name: gateways.gatewayName,
      adapter: gateways.adapter,
      account: gateways.account,
      enabled: gateways.enabled,
    })
    .from(gateways)
    .innerJoin(channels, eq(channels.channelId, gateways.channelId))
    .orderBy(asc(channels.channelId), asc(gateways.priority), asc(gateways.gatewayId));
}

async function insertOnce(insert: () => Promise<unknown>): Promise<"inserted" | "duplicate"> {
  try {
    await insert();
    return "inserted";
  } catch (error) {
    if (isDuplicateKey(error)) return "duplicate";
    throw error;
  }
}
