import { sql } from "drizzle-orm";
import type { AuditEntry } from "../domain/audit-entry.ts";
import type { Page, PageOf } from "../domain/page-cursor.ts";
import type { Subscription, SubscriptionChanges, SubscriptionKey } from "../domain/subscription.ts";
import { audited } from "./audited.ts";
import type { Db, Statements } from "./client.ts";
import { changeRow, findRow, insertOnce, pageOfRows, removeRow, type Columns, type Kept } from "./kept-rows.ts";
import { fromJson, type Json } from "./json-column.ts";
import { isTrue, type Truth } from "./truth.ts";

const SUBSCRIPTIONS: Kept = {
  table: "subscriptions",
  key: ["enterprise_id", "channel_id", "gateway_id"],
  changeable: ["enabled", "statuses"],
};

/** What became of a new subscription; what it needs may be missing. */
export type Subscribing = "inserted" | "duplicate" | "no_customer" | "no_gateway";

/** The subscriptions that operators keep. */
export function createSubscriptions(db: Db) {
  return {
    find: async (key: SubscriptionKey): Promise<Subscription | null> => {
      const row = await findRow(db, SUBSCRIPTIONS, keyOf(key));
      return row && toSubscription(row);
    },
    /** Those of one enterprise, in the order of channels and gateways. */
    page: async ({ filter, ...page }: PageOf<{ enterpriseId: string }>): Promise<Page<Subscription>> => {
      const only = [sql`enterprise_id = ${filter.enterpriseId}`];
      const { rows, next } = await pageOfRows(db, SUBSCRIPTIONS, page, only, 1);
      return { rows: rows.map(toSubscription), next };
    },
    insert: (subscription: Subscription, entry: AuditEntry) => subscribe(db, subscription, entry),
    change: async (key: SubscriptionKey, changes: SubscriptionChanges, entry: AuditEntry) => {
      const row = await changeRow(db, SUBSCRIPTIONS, keyOf(key), toColumns(changes), entry);
      if (row === "duplicate") throw new Error("A change of a subscription was refused, though its key stays.");
      return row && toSubscription(row);
    },
    remove: (key: SubscriptionKey, entry: AuditEntry) => removeRow(db, SUBSCRIPTIONS, keyOf(key), entry),
  };
}

/**
 * Only where both customer and gateway are there: the statement locks what it selects, so that neither goes while
 * something comes to hang on it. A gateway of an enterprise's own is nobody else's.
 */
async function subscribe(db: Db, subscription: Subscription, entry: AuditEntry): Promise<Subscribing> {
  const { enterprise_id, channel_id, gateway_id, enabled, statuses } = subscription;
  let isThere = false;
  const insert = async (within: Statements) => {
    const { rowsAffected } = await within.execute(sql`
      INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled, statuses)
      SELECT c.enterprise_id, g.channel_id, g.gateway_id, ${enabled}, ${textOf(statuses)}
        FROM customers c
        JOIN gateways g ON g.gateway_id = ${gateway_id} AND g.channel_id = ${channel_id}
         AND g.owner_id IN ('', ${enterprise_id})
       WHERE c.enterprise_id = ${enterprise_id}`);
    isThere = rowsAffected > 0;
    return isThere;
  };
  const inserted = await insertOnce(() => audited(db, entry, insert));
  if (isThere || inserted === "duplicate") return inserted;
  const { rows } = await db.execute(sql`SELECT is_subscribed FROM customers WHERE enterprise_id = ${enterprise_id}`);
  return rows.length === 0 ? "no_customer" : "no_gateway";
}

function keyOf({ enterprise_id, channel_id, gateway_id }: SubscriptionKey): Columns {
  return { enterprise_id, channel_id, gateway_id };
}

function toColumns({ statuses, ...changes }: SubscriptionChanges): Columns {
  return statuses === undefined ? changes : { ...changes, statuses: textOf(statuses) };
}

function textOf(statuses: string[] | null): string | null {
  return statuses && JSON.stringify(statuses);
}

function toSubscription(row: Columns): Subscription {
  const stored = row as SubscriptionKey & { enabled: Truth; statuses: Json };
  return { ...stored, enabled: isTrue(stored.enabled), statuses: fromJson(stored.statuses) as string[] | null };
}
