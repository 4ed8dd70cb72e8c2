import { isAdapterName } from "../domain/adapter-facts.ts";
import type { StoredKey } from "../domain/api-key.ts";
import type { Enterprise, SubscribedChannel } from "../domain/directory.ts";
import { readKind } from "../domain/lane.ts";
import { KEY_COLUMNS, OF_A_KEY, readKeyRow, type KeyRow } from "./api-keys.ts";
import type { Db } from "./client.ts";
import { OF_TEMPLATES, TEMPLATE_COLUMNS, toTemplate, type TemplateRow } from "./current-templates.ts";
import { fromJson, type Json } from "./json-column.ts";
import { emptyList, selectList } from "./select-list.ts";
import { isTrue, type Truth } from "./truth.ts";

/**
 * Reads one enterprise with its subscribed channels and their gateways in fail-over order, and the templates that its
 * messages may be written by; one statement.
 */
export async function loadEnterprise(db: Db, enterpriseId: string): Promise<Enterprise | null> {
  const { rows } = await db.$client.execute<DirectoryRow>(ONE, [enterpriseId, enterpriseId]);
  return toEnterprise(rows);
}

/** Reads many enterprises likewise, by their ids; still one statement. Those that there are not are left out. */
export async function loadEnterprises(db: Db, enterpriseIds: string[]): Promise<Map<string, Enterprise | null>> {
  const values = [enterpriseIds, enterpriseIds];
  const { rows } = await db.$client.execute<DirectoryRow & { enterpriseId: string }>(MANY, values);
  const found = [...Map.groupBy(rows, (row) => row.enterpriseId)];
  return new Map(found.map(([enterpriseId, itsRows]) => [enterpriseId, toEnterprise(itsRows)]));
}

/** Reads a key that counts, and the enterprise that it is used for, by one statement. */
export async function loadKeyAndEnterprise(
  db: Db,
  keyId: string,
  enterpriseId: string,
): Promise<{ key: StoredKey | null; enterprise: Enterprise | null }> {
  const values = [enterpriseId, enterpriseId, keyId];
  const { rows } = await db.$client.execute<DirectoryRow & (KeyRow | { keyId: null })>(BOTH, values);
  const key = rows.find((row) => row.keyId !== null);
  return { key: key ? readKeyRow(key) : null, enterprise: toEnterprise(rows.filter((row) => row.keyId === null)) };
}

const COLUMNS = {
  isSubscribed: "customers.is_subscribed",
  phone: "customers.phone",
  email: "customers.email",
  locale: "customers.locale",
  channelId: "channels.channel_id",
  channelName: "channels.channel_name",
  kind: "channels.kind",
  gatewayId: "gateways.gateway_id",
  gatewayName: "gateways.gateway_name",
  adapter: "gateways.adapter",
  enabled: "gateways.enabled",
  track: "gateways.track",
  priority: "gateways.priority",
  statuses: "subscriptions.statuses",
} satisfies Record<keyof GatewayRow, string>;

const OF_GATEWAYS = `customers
    LEFT JOIN subscriptions ON subscriptions.enterprise_id = customers.enterprise_id AND subscriptions.enabled = TRUE
    LEFT JOIN gateways ON gateways.gateway_id = subscriptions.gateway_id
     AND gateways.owner_id IN ('', customers.enterprise_id)
    LEFT JOIN channels ON channels.channel_id = subscriptions.channel_id AND channels.channel_id = gateways.channel_id
   WHERE customers.enterprise_id`;

const IN_ORDER = "ORDER BY channelId, priority, gatewayId";

/** Each row is about a gateway, if there is one, or about a template, or about the key. */
const ONE = `
  SELECT ${selectList(COLUMNS)}, ${emptyList(TEMPLATE_COLUMNS)} FROM ${OF_GATEWAYS} = ?
   UNION ALL
  SELECT ${emptyList(COLUMNS)}, ${selectList(TEMPLATE_COLUMNS)} FROM ${OF_TEMPLATES} = ? ${IN_ORDER}`;

const WHOSE = "customers.enterprise_id AS enterpriseId";

const MANY = `
  SELECT ${WHOSE}, ${selectList(COLUMNS)}, ${emptyList(TEMPLATE_COLUMNS)} FROM ${OF_GATEWAYS} IN (?)
   UNION ALL
  SELECT ${WHOSE}, ${emptyList(COLUMNS)}, ${selectList(TEMPLATE_COLUMNS)} FROM ${OF_TEMPLATES} IN (?) ${IN_ORDER}`;

const BOTH = `
  SELECT ${selectList(COLUMNS)}, ${emptyList(TEMPLATE_COLUMNS)}, ${emptyList(KEY_COLUMNS)} FROM ${OF_GATEWAYS} = ?
   UNION ALL
  SELECT ${emptyList(COLUMNS)}, ${selectList(TEMPLATE_COLUMNS)}, ${emptyList(KEY_COLUMNS)} FROM ${OF_TEMPLATES} = ?
   UNION ALL
  SELECT ${emptyList(COLUMNS)}, ${emptyList(TEMPLATE_COLUMNS)}, ${selectList(KEY_COLUMNS)} FROM ${OF_A_KEY} ${IN_ORDER}`;

/** Null from `channelId` on where there is no subscription. */
type GatewayRow = Record<"phone" | "email" | "locale" | "channelId" | "channelName" | "kind", string | null> &
  Record<"gatewayId" | "gatewayName" | "adapter", string | null> &
  Record<"isSubscribed" | "enabled", Truth> &
  Record<"track" | "priority", number | string | null> & { statuses: Json };

type DirectoryRow = GatewayRow & TemplateRow;

function toEnterprise(rows: DirectoryRow[]): Enterprise | null {
  const first = rows.find((row) => row.templateId === null);
  if (!first) return null;
  const { isSubscribed, phone, email, locale } = first;
  return {
    isSubscribed: isTrue(isSubscribed),
    phone,
    email,
    locale,
    channels: groupByChannel(rows),
    templates: rows.flatMap(toTemplate),
  };
}

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
      enabled: isTrue(row.enabled),
      track: Number(row.track ?? 0),
      statuses: fromJson(row.statuses) as string[] | null,
    });
    byId.set(row.channelId, channel);
  }
  return [...byId.values()];
}
