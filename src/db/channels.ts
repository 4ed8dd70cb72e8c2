import { sql } from "drizzle-orm";
import type { AuditEntry } from "../domain/audit-entry.ts";
import type { Channel } from "../domain/channel.ts";
import { readKind, type Kind } from "../domain/lane.ts";
import type { Page, PageOf } from "../domain/page-cursor.ts";
import type { Db } from "./client.ts";
import { changeRow, findRow, insertRow, pageOfRows, removeRow, type Columns, type Kept } from "./kept-rows.ts";

export type ChannelRow = { channelId: string; channelName: string; channelKey: string; kind: Kind };

const CHANNELS: Kept = {
  table: "channels",
  key: ["channel_id"],
  changeable: ["channel_name", "channel_key"],
  told: ["kind"],
};

/** The channels that operators keep. */
export function createChannels(db: Db) {
  return {
    /** A channel by its name in lower case. */
    find: (channelKey: string) => findChannel(db, channelKey),
    /** Adds a channel. `duplicate`: somebody else added one of that name first. */
    insertChannel: (row: ChannelRow, entry: AuditEntry) => insertChannel(db, row, entry),
    get: async (channelId: string): Promise<Channel | null> => {
      const row = await findRow(db, CHANNELS, { channel_id: channelId });
      return row && toChannel(row);
    },
    /** In the order of their ids. */
    page: async (page: Omit<PageOf<unknown>, "filter">): Promise<Page<Channel>> => {
      const { rows, next } = await pageOfRows(db, CHANNELS, page);
      return { rows: rows.map(toChannel), next };
    },
    /** Gives a channel another name. `duplicate`: one has that name. */
    rename: async (channelId: string, name: { channelName: string; channelKey: string } | null, entry: AuditEntry) => {
      const changes = name === null ? {} : { channel_name: name.channelName, channel_key: name.channelKey };
      const row = await changeRow(db, CHANNELS, { channel_id: channelId }, changes, entry);
      return row === null || row === "duplicate" ? row : toChannel(row);
    },
    /** Subscriptions need not be looked at: each has a gateway. */
    remove: (channelId: string, entry: AuditEntry) => {
      const users = sql`SELECT gateway_id FROM gateways WHERE channel_id = ${channelId} LIMIT 1 LOCK IN SHARE MODE`;
      return removeRow(db, CHANNELS, { channel_id: channelId }, entry, users);
    },
  };
}

async function findChannel(db: Db, channelKey: string): Promise<ChannelRow | null> {
  const { rows } = await db.execute(sql`
    SELECT channel_id AS channelId, channel_name AS channelName, channel_key AS channelKey, kind
      FROM channels WHERE channel_key = ${channelKey}`);
  const [row] = rows as (Omit<ChannelRow, "kind"> & { kind: string })[];
  return row ? { ...row, kind: readKind(row.kind) } : null;
}

function insertChannel(db: Db, { channelId, channelName, channelKey, kind }: ChannelRow, entry: AuditEntry) {
  const row = { channel_id: channelId, channel_name: channelName, channel_key: channelKey, kind };
  return insertRow(db, { ...CHANNELS, changeable: ["channel_name", "channel_key", "kind"] }, row, entry);
}

function toChannel({ channel_id, channel_name, kind }: Columns): Channel {
  return { channel_id: String(channel_id), channel_name: String(channel_name), kind: readKind(String(kind)) };
}
