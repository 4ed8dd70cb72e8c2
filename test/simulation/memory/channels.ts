import type { ChannelRow } from "../../../src/db/channels.ts";
import type { GatewayRow, ListedGateway } from "../../../src/db/gateways.ts";
import { readKind, TRACKS } from "../../../src/domain/lane.ts";
import { byFailOver } from "./directory.ts";
import type { MemoryDatabase } from "./tables.ts";

/** Plays src/db/channels.ts, and what adds to src/db/gateways.ts. */
export function findChannel(database: MemoryDatabase, channelKey: string): ChannelRow | null {
  const row = [...database.channels.values()].find((channel) => channel.channelKey === channelKey);
  return row ? { ...row, kind: readKind(row.kind) } : null;
}

export function insertChannel(database: MemoryDatabase, row: ChannelRow): "inserted" | "duplicate" {
  if (database.channels.has(row.channelId) || findChannel(database, row.channelKey)) return "duplicate";
  database.channels.set(row.channelId, { ...row });
  return "inserted";
}

export function insertGateway(database: MemoryDatabase, row: GatewayRow): "inserted" | "duplicate" | "no_channel" {
  const isTaken = [...database.gateways.values()].some(
    (other) => other.channelId === row.channelId && other.gatewayKey === row.gatewayKey,
  );
  if (database.gateways.has(row.gatewayId) || isTaken) return "duplicate";
  if (!database.channels.has(row.channelId)) return "no_channel";
  const ofChannel = [...database.gateways.values()].filter((gateway) => gateway.channelId === row.channelId);
  const defaults = { track: ofChannel.length % TRACKS, health: "well" };
  const unset = { healthSince: null, healthUntil: null, trialAt: null, ownerId: "", credentials: null, endpoint: null };
  database.gateways.set(row.gatewayId, { ...defaults, ...unset, ...row });
  return "inserted";
}

export function listGateways(database: MemoryDatabase, enterpriseId: string | null): ListedGateway[] {
  return [...database.gateways.values()]
    .filter(({ ownerId }) => ownerId === "" || ownerId === enterpriseId)
    .toSorted((a, b) => (a.channelId === b.channelId ? byFailOver(a, b) : a.channelId < b.channelId ? -1 : 1))
    .flatMap((gateway) => {
      const channel = database.channels.get(gateway.channelId);
      if (!channel) return [];
      return [
        {
          channel_id: channel.channelId,
          channel_name: channel.channelName,
          gateway_id: gateway.gatewayId,
          gateway_name: gateway.gatewayName,
          adapter: gateway.adapter,
          account: gateway.account,
          enabled: gateway.enabled,
        },
      ];
    });
}
