import { boolean, index, int, json, mysqlTable, text, unique, varchar } from "drizzle-orm/mysql-core";
import { appId, clientId, digest, instant, word } from "./columns.ts";

// Tables that plain SQL alone speaks of: apart, so that the Worker does not load them.

/** Every change of a gateway's health, with its reason in words. */
export const gatewayChanges = mysqlTable(
  "gateway_changes",
  {
    changeId: appId("change_id").primaryKey(),
    gatewayId: appId("gateway_id").notNull(),
    health: word("health").notNull(),
    reason: varchar("reason", { length: 500 }).notNull(),
    changedAt: instant("changed_at").notNull(),
  },
  (table) => [
    index("gateway_changes_gateway").on(table.gatewayId, table.changedAt),
    index("gateway_changes_time").on(table.changedAt),
  ],
);

/** How far the search for content that is to be blanked has come, as an id of `deliveries`: one row for each round. */
export const blankingMarks = mysqlTable("blanking_marks", {
  round: word("round").primaryKey(),
  reached: appId("reached").notNull(),
});

/**
 * Who may come in: of a key only the digest of its secret is kept. `mode` is `live` or `test`, `scopes` are joined by
 * commas, `ownerId` is the one enterprise that it is for, empty where for all.
 */
export const apiKeys = mysqlTable(
  "api_keys",
  {
    keyId: appId("key_id").primaryKey(),
    digest: digest("digest").notNull(),
    keyName: varchar("key_name", { length: 64 }).notNull(),
    mode: word("mode").notNull(),
    scopes: varchar("scopes", { length: 64 }).notNull(),
    ownerId: clientId("owner_id", { length: 64 }).notNull().default(""),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at"),
    lastUsedAt: instant("last_used_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [index("api_keys_owner").on(table.ownerId, table.keyId)],
);

/**
 * Texts by channel, status (in lower case; empty: any) and locale (empty: any), of one enterprise or, where `ownerId` is
 * empty, for all. Versions are only ever added; the highest one counts, and where it is `isRemoved` there is none.
 * `needs` are the variables that an update has to bring, `variables` those of a text that the provider keeps.
 */
export const templates = mysqlTable(
  "templates",
  {
    templateId: appId("template_id").primaryKey(),
    ownerId: clientId("owner_id", { length: 64 }).notNull().default(""),
    channelId: appId("channel_id").notNull(),
    statusKey: clientId("status_key", { length: 64 }).notNull().default(""),
    locale: word("locale").notNull().default(""),
    version: int("version").notNull(),
    isRemoved: boolean("is_removed").notNull().default(false),
    subject: varchar("subject", { length: 500 }),
    textBody: text("text_body"),
    htmlBody: text("html_body"),
    contentSid: varchar("content_sid", { length: 64 }),
    variables: json("variables").$type<Record<string, string>>(),
    needs: json("needs").$type<string[]>().notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    unique("templates_version").on(table.ownerId, table.channelId, table.statusKey, table.locale, table.version),
  ],
);

/** Who changed what, and when: names of fields, and values only where they are nobody's personal data. */
export const audit = mysqlTable(
  "audit",
  {
    auditId: appId("audit_id").primaryKey(),
    ownerId: clientId("owner_id", { length: 64 }).notNull().default(""),
    keyId: appId("key_id").notNull(),
    resource: word("resource").notNull(),
    resourceId: varchar("resource_id", { length: 200 }).notNull(),
    action: word("action").notNull(),
    changes: json("changes"),
    changedAt: instant("changed_at").notNull(),
  },
  (table) => [
    index("audit_owner").on(table.ownerId, table.auditId),
    index("audit_resource").on(table.resource, table.resourceId, table.auditId),
  ],
);
