import { Client } from "@planetscale/database";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { sql } from "drizzle-orm";
import { readKeyId } from "../../src/domain/api-key.ts";
import { SCOPES } from "../../src/domain/caller.ts";
import { digestOf } from "../../src/domain/digest.ts";
import { customers, subscriptions } from "../../src/db/schema.ts";

/** An enterprise for the local cloud. `channels`: ids of the channels and gateways that come with the service. */
export type SeedEnterprise = {
  enterpriseId: string;
  isSubscribed?: boolean;
  phone: string | null;
  email: string | null;
  subscriptions: { channelId: string; gatewayId: string }[];
};

/** The channels and gateways that a migration puts there. */
export const ORIGINAL_GATEWAYS = {
  sms: { channelId: "ch_sms", gatewayId: "gw_twilio" },
  email: { channelId: "ch_email", gatewayId: "gw_sendgrid" },
  whatsapp: { channelId: "ch_whatsapp", gatewayId: "gw_twilio_whatsapp" },
};

/** The enterprise that `npm run dev` starts with, subscribed to every channel. */
export const DEMO_ENTERPRISE: SeedEnterprise = {
  enterpriseId: "demo",
  phone: "+34600111222",
  email: "orders@demo.example",
  subscriptions: Object.values(ORIGINAL_GATEWAYS),
};

/** Lets keys in that may do everything; those that are there already, revoked or not, stay as they are. */
export async function seedKeys(databaseUrl: string, keys: string[]): Promise<void> {
  const client = new Client({ url: databaseUrl });
  for (const key of keys) {
    await client.execute(
      `INSERT INTO api_keys (key_id, digest, key_name, mode, scopes, created_at)
       VALUES (?, ?, 'local cloud', ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE key_id = VALUES(key_id)`,
      [readKeyId(key), await digestOf(key), key.startsWith("nk_test_") ? "test" : "live", SCOPES.join(",")],
    );
  }
}

/** Adds enterprises and their subscriptions; those that are there already stay as they are. */
export async function seed(databaseUrl: string, enterprises: SeedEnterprise[]): Promise<void> {
  const db = drizzle(new Client({ url: databaseUrl }));
  await db
    .insert(customers)
    .values(enterprises.map(({ subscriptions: _, ...customer }) => customer))
    .onDuplicateKeyUpdate({ set: { enterpriseId: sql`enterprise_id` } });
  const rows = enterprises.flatMap(({ enterpriseId, subscriptions: subscribed }) =>
    subscribed.map((subscription) => ({ enterpriseId, ...subscription })),
  );
  if (rows.length === 0) return;
  await db
    .insert(subscriptions)
    .values(rows)
    .onDuplicateKeyUpdate({ set: { enabled: sql`enabled` } });
}
