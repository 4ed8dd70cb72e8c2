import { sql } from "drizzle-orm";
import type { AuditEntry } from "../domain/audit-entry.ts";
import type { Gateway, GatewayChanges } from "../domain/gateway.ts";
import { readHealth } from "../domain/gateway-health.ts";
import { TRACKS } from "../domain/lane.ts";
import type { Page, PageOf } from "../domain/page-cursor.ts";
import { audited } from "./audited.ts";
import type { Db } from "./client.ts";
import { changeRow, findRow, insertOnce, pageOfRows, removeRow, type Columns, type Kept } from "./kept-rows.ts";
import { isTrue, type Truth } from "./truth.ts";

export type GatewayRow = {
  gatewayId: string;
  gatewayName: string;
  gatewayKey: string;
  channelId: string;
  adapter: string;
  sender: string | null;
  account: string;
  priority: number;
  enabled: boolean;
  /** The enterprise whose own it is, empty where it is everyone's; and its credentials, sealed. */
  ownerId: string;
  credentials: string | null;
};

/** Which gateways are listed: of a channel, or of any; of all owners, or what this enterprise may use. */
export type GatewayFilter = { channelId: string | null; enterpriseId: string | null };

/** What is to be changed of a gateway, by column. */
export type GatewayColumns = Omit<GatewayChanges, "credentials"> & { gateway_key?: string; credentials?: string };

const GATEWAYS: Kept = {
  table: "gateways",
  key: ["gateway_id"],
  changeable: ["gateway_name", "gateway_key", "sender", "priority", "enabled"],
  told: ["channel_id", "adapter", "account", "owner_id", "health", "credentials IS NOT NULL AS has_credentials"],
  secret: ["credentials"],
};

/** The gateways that operators keep. */
export function createGateways(db: Db) {
  return {
    /**
     * Adds a gateway and deals it to the next lane of its channel. `duplicate`: its channel has one of that name;
     * `no_channel`: there is none.
     */
    insert: (row: GatewayRow, entry: AuditEntry) => insertGateway(db, row, entry),
    find: async (gatewayId: string): Promise<Gateway | null> => {
      const row = await findRow(db, GATEWAYS, { gateway_id: gatewayId });
      return row && toGateway(row);
    },
    /** In the order of their ids. */
    page: async ({ filter, ...page }: PageOf<GatewayFilter>): Promise<Page<Gateway>> => {
      const conditions = [
        ...(filter.channelId === null ? [] : [sql`channel_id = ${filter.channelId}`]),
        ...(filter.enterpriseId === null ? [] : [sql`owner_id IN ('', ${filter.enterpriseId})`]),
      ];
      const { rows, next } = await pageOfRows(db, GATEWAYS, page, conditions);
      return { rows: rows.map(toGateway), next };
    },
    /** `duplicate`: the channel has another gateway of that name. */
    change: async (gatewayId: string, changes: GatewayColumns, entry: AuditEntry) => {
      const row = await changeRow(db, GATEWAYS, { gateway_id: gatewayId }, changes, entry);
      return row === null || row === "duplicate" ? row : toGateway(row);
    },
    /** Puts the same credentials in another seal, unless they have been replaced meanwhile. */
    reseal: async (gatewayId: string, from: string, to: string): Promise<void> => {
      await db.execute(sql`
        UPDATE gateways SET credentials = ${to} WHERE gateway_id = ${gatewayId} AND credentials = ${from}`);
    },
    remove: (gatewayId: string, entry: AuditEntry) => {
      const users = sql`SELECT enabled FROM subscriptions WHERE gateway_id = ${gatewayId} LIMIT 1 LOCK IN SHARE MODE`;
      return removeRow(db, GATEWAYS, { gateway_id: gatewayId }, entry, users);
    },
    /**
     * The gateways that are everyone's, and those of an enterprise, with their channels; in the order of the original:
     * by channel, then by fail-over order.
     */
    list: (enterpriseId: string | null) => listGateways(db, enterpriseId),
  };
}

/**
 * The channel's row is locked meanwhile, so that two that are added at once do not get the same lane; and counted by a
 * join, for MySQL reads no table in a subquery that it inserts into.
 */
async function insertGateway(db: Db, row: GatewayRow, entry: AuditEntry) {
  let isChannel = false;
  const inserted = await insertOnce(() =>
    audited(db, entry, async (within) => {
      const { rowsAffected } = await within.execute(sql`
    INSERT INTO gateways
           (gateway_id, gateway_name, gateway_key, channel_id, adapter, sender, account, priority, enabled,
            owner_id, credentials, track)
    SELECT ${row.gatewayId}, ${row.gatewayName}, ${row.gatewayKey}, c.channel_id, ${row.adapter}, ${row.sender},
           ${row.account}, ${row.priority}, ${row.enabled}, ${row.ownerId}, ${row.credentials}, COUNT(g.gateway_id) % ${TRACKS}
      FROM channels c
      LEFT JOIN gateways g ON g.channel_id = c.channel_id
     WHERE c.channel_id = ${row.channelId}
     GROUP BY c.channel_id
       FOR UPDATE`);
      isChannel = rowsAffected > 0;
      return isChannel;
    }),
  );
  return inserted === "inserted" && !isChannel ? "no_channel" : inserted;
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

async function listGateways(db: Db, enterpriseId: string | null): Promise<ListedGateway[]> {
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

function toGateway(row: Columns): Gateway {
  const {
    gateway_key: _,
    owner_id,
    enabled,
    health,
    has_credentials,
    ...stored
  } = row as Omit<Gateway, "enabled" | "health" | "has_credentials"> & {
    gateway_key: string;
    owner_id: string;
    enabled: Truth;
    has_credentials: Truth;
    health: string;
  };
  const own = { enterprise_id: owner_id || null, has_credentials: isTrue(has_credentials) };
  return { ...stored, enabled: isTrue(enabled), ...own, health: readHealth(health) };
}
