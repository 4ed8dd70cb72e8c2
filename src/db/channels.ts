import { asc, eq } from "drizzle-orm";
import { readKind, type Kind } from "../domain/lane.ts";
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

/** Adds a gateway. `duplicate`: its channel has one of that name. */
export function insertGateway(db: Db, row: GatewayRow): Promise<"inserted" | "duplicate"> {
  return insertOnce(() => db.insert(gateways).values(row));
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
