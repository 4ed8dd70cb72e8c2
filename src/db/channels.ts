import { sql } from "drizzle-orm";
import { readKind, TRACKS, type Kind } from "../domain/lane.ts";
import type { Db } from "./client.ts";
import { isDuplicateKey } from "./errors.ts";
import { isTrue, type Truth } from "./truth.ts";

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
  const { rows } = await db.execute(sql`
    SELECT channel_id AS channelId, channel_name AS channelName, channel_key AS channelKey, kind
      FROM channels WHERE channel_key = ${channelKey}`);
  const [row] = rows as (Omit<ChannelRow, "kind"> & { kind: string })[];
  return row ? { ...row, kind: readKind(row.kind) } : null;
}

/** Adds a channel. `duplicate`: somebody else added one of that name first. */
export function insertChannel(db: Db, row: ChannelRow): Promise<"inserted" | "duplicate"> {
  return insertOnce(() =>
    db.execute(sql`
    INSERT INTO channels (channel_id, channel_name, channel_key, kind)
    VALUES (${row.channelId}, ${row.channelName}, ${row.channelKey}, ${row.kind})`),
  );
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

export type ListedGateway = {
  channel_id: string;
  channel_name: string;
  gateway_id: string;
  gateway_name: string;
  adapter: string;
  account: string;
  enabled: boolean;
};

/** Every gateway that is everyone's or this enterprise's, with its channel, in the order of the original: by channel, then by fail-over order. */
export async function listGateways(db: Db, enterpriseId: string | null): Promise<ListedGateway[]> {
  const { rows } = await db.execute(sql`
    SELECT c.channel_id, c.channel_name, g.gateway_id, g.gateway_name, g.adapter, g.account, g.enabled
      FROM gateways g
      JOIN channels c ON c.channel_id = g.channel_id
     WHERE g.owner_id IN ('', ${enterpriseId ?? ""})
     ORDER BY c.channel_id, g.priority, g.gateway_id`);
  return (rows as (Omit<ListedGateway, "enabled"> & { enabled: Truth })[]).map((row) => ({
    ...row,
    enabled: isTrue(row.enabled),
  }));
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
