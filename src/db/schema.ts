import {
  boolean,
  index,
  int,
  json,
  mysqlTable,
  primaryKey,
  smallint,
  text,
  unique,
  varchar,
} from "drizzle-orm/mysql-core";
import { appId, clientId, instant, word } from "./columns.ts";

/** The enterprises that are notified. `ambiguityPolicy`: `hold`, `resend` or `drop`. */
export const customers = mysqlTable(
  "customers",
  {
    enterpriseId: clientId("enterprise_id", { length: 64 }).primaryKey(),
    isSubscribed: boolean("is_subscribed").notNull().default(true),
    phone: varchar("phone", { length: 20 }),
    email: varchar("email", { length: 254 }),
    locale: varchar("locale", { length: 35 }),
    timeZone: varchar("time_zone", { length: 64 }),
    ambiguityPolicy: word("ambiguity_policy").notNull().default("hold"),
  },
  // Who writes STOP, and whom else a message found at a provider may be for, is known by the address alone.
  (table) => [index("customers_phone").on(table.phone), index("customers_email").on(table.email)],
);

/** How somebody is reached. `channelKey` is the name in lower case; `kind` is its lane. */
export const channels = mysqlTable(
  "channels",
  {
    channelId: appId("channel_id").primaryKey(),
    channelName: varchar("channel_name", { length: 64 }).notNull(),
    channelKey: clientId("channel_key", { length: 64 }).notNull(),
    kind: word("kind").notNull(),
  },
  (table) => [unique("channels_key").on(table.channelKey)],
);

/**
 * Who carries it on a channel. `adapter` names the code that speaks to the provider, `account` which of the
 * configured accounts there (empty: the first one), `track` which lane of its kind it is dealt to. `ownerId` is the
 * enterprise that alone may use it, empty where every one may; `credentials` are its own, sealed, and `endpoint` the URL
 * that it delivers to, where it has them.
 * `health` is `well`, `poor` or `closed`; unless well, `healthUntil` is when its next trial is due.
 */
export const gateways = mysqlTable(
  "gateways",
  {
    gatewayId: appId("gateway_id").primaryKey(),
    gatewayName: varchar("gateway_name", { length: 64 }).notNull(),
    gatewayKey: clientId("gateway_key", { length: 64 }).notNull(),
    channelId: appId("channel_id").notNull(),
    adapter: word("adapter").notNull(),
    sender: varchar("sender", { length: 320 }),
    priority: int("priority").notNull().default(100),
    enabled: boolean("enabled").notNull().default(true),
    account: word("account").notNull().default(""),
    ownerId: clientId("owner_id", { length: 64 }).notNull().default(""),
    credentials: text("credentials"),
    endpoint: varchar("endpoint", { length: 2048 }),
    track: smallint("track").notNull().default(0),
    health: word("health").notNull().default("well"),
    healthSince: instant("health_since"),
    healthUntil: instant("health_until"),
    trialAt: instant("trial_at"),
  },
  (table) => [unique("gateways_channel_key").on(table.channelId, table.gatewayKey)],
);

/**
 * Enterprise × channel × gateway; several gateways on one channel are an ordered fail-over list. `statuses` are those
 * that are wanted, in lower case; null: all.
 */
export const subscriptions = mysqlTable(
  "subscriptions",
  {
    enterpriseId: clientId("enterprise_id", { length: 64 }).notNull(),
    channelId: appId("channel_id").notNull(),
    gatewayId: appId("gateway_id").notNull(),
    enabled: boolean("enabled").notNull().default(true),
    statuses: json("statuses").$type<string[]>(),
  },
  (table) => [
    primaryKey({ columns: [table.enterpriseId, table.channelId, table.gatewayId] }),
    // Whether anybody still subscribes to a gateway.
    index("subscriptions_gateway").on(table.gatewayId),
  ],
);

/**
 * Addresses that an enterprise must not send to on a channel, whatever the gateway. `address` as
 * `domain/suppression.ts` writes it. Lifted ones stay, so that an older event cannot suppress them again.
 */
export const suppressions = mysqlTable(
  "suppressions",
  {
    enterpriseId: clientId("enterprise_id", { length: 64 }).notNull(),
    channelId: appId("channel_id").notNull(),
    address: clientId("address", { length: 254 }).notNull(),
    code: word("code").notNull(),
    since: instant("since").notNull(),
    liftedAt: instant("lifted_at"),
  },
  (table) => [primaryKey({ columns: [table.enterpriseId, table.channelId, table.address] })],
);

/** Messages that recipients sent us, by the provider's id: a set, so that a repeated one changes nothing. */
export const inbound = mysqlTable(
  "inbound",
  {
    messageId: clientId("message_id", { length: 128 }).primaryKey(),
    kind: word("kind").notNull(),
    wish: word("wish").notNull(),
    receivedAt: instant("received_at").notNull(),
  },
  (table) => [index("inbound_time").on(table.receivedAt)],
);
