import { boolean, index, json, mysqlTable, primaryKey, smallint, unique, varchar } from "drizzle-orm/mysql-core";
import { appId, clientId, digest, instant, word } from "./columns.ts";

/**
 * One update on one channel: the unit of sending, of state and of the promise. Skips are rows as well.
 *
 * `ringAt` is when the sweep rings next; null means that nobody needs to be told about this row.
 * `leaseUntil` is set only while `sending`. `holdUntil` is set only while `unknown`. `lookAt` is when to look
 * for proof next: while `unknown`, and once for what was sent and never heard of again; `lookNo` counts the
 * looks. Attempts up to `redrivenNo` were made before an operator ordered a new start and bar no gateway.
 * `templateId` is the version at acceptance; null: the original's sentence. `isTest`: nothing real is sent.
 */
export const deliveries = mysqlTable(
  "deliveries",
  {
    deliveryId: appId("delivery_id").primaryKey(),
    enterpriseId: clientId("enterprise_id", { length: 64 }).notNull(),
    updateId: appId("update_id").notNull(),
    updateKey: digest("update_key").notNull(),
    idempotencyHash: digest("idempotency_hash"),
    fingerprint: digest("fingerprint").notNull(),
    position: smallint("position").notNull(),
    shipmentId: clientId("shipment_id", { length: 64 }).notNull(),
    status: varchar("status", { length: 64 }).notNull(),
    occurredAt: instant("occurred_at").notNull(),
    timestampText: varchar("timestamp_text", { length: 40 }).notNull(),
    data: json("data"),
    templateId: appId("template_id"),
    isTest: boolean("is_test").notNull().default(false),
    lane: word("lane").notNull(),
    channelId: appId("channel_id"),
    channel: varchar("channel", { length: 64 }).notNull().default(""),
    gatewayId: appId("gateway_id"),
    gateway: varchar("gateway", { length: 64 }).notNull().default(""),
    state: word("state").notNull(),
    code: word("code"),
    attemptNo: smallint("attempt_no").notNull().default(0),
    leaseToken: appId("lease_token"),
    leaseUntil: instant("lease_until"),
    holdUntil: instant("hold_until"),
    lookAt: instant("look_at"),
    lookNo: smallint("look_no").notNull().default(0),
    redrivenNo: smallint("redriven_no").notNull().default(0),
    dueAt: instant("due_at").notNull(),
    ringAt: instant("ring_at"),
    ringNo: smallint("ring_no").notNull().default(0),
    acceptedAt: instant("accepted_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    settledAt: instant("settled_at"),
  },
  (table) => [
    unique("deliveries_update").on(table.enterpriseId, table.updateKey, table.position),
    unique("deliveries_idempotency").on(table.enterpriseId, table.idempotencyHash, table.position),
    // With the state, a claim sees its siblings in this index alone and does not lock their rows.
    index("deliveries_shipment").on(table.enterpriseId, table.shipmentId, table.channelId, table.state),
    index("deliveries_enterprise").on(table.enterpriseId, table.acceptedAt, table.deliveryId),
    index("deliveries_ring").on(table.lane, table.ringAt),
    index("deliveries_lease").on(table.leaseUntil),
    index("deliveries_hold").on(table.holdUntil),
    index("deliveries_look").on(table.lookAt),
    // What may be redriven: the few that failed or are unconfirmed, by enterprise or over all of them.
    index("deliveries_settled").on(table.state, table.settledAt),
  ],
);

/**
 * One call to one provider for one delivery. The row is the committed intent: no row, no call. `gatewayFailed`
 * is null where nothing speaks for or against the gateway; `target` is the digest of the address.
 */
export const attempts = mysqlTable(
  "attempts",
  {
    attemptId: appId("attempt_id").primaryKey(),
    enterpriseId: clientId("enterprise_id", { length: 64 }).notNull(),
    deliveryId: appId("delivery_id").notNull(),
    attemptNo: smallint("attempt_no").notNull(),
    gatewayId: appId("gateway_id").notNull(),
    gateway: varchar("gateway", { length: 64 }).notNull(),
    startedAt: instant("started_at").notNull(),
    endedAt: instant("ended_at"),
    outcome: word("outcome"),
    code: varchar("code", { length: 64 }),
    reason: varchar("reason", { length: 500 }),
    providerId: varchar("provider_id", { length: 128 }),
    gatewayFailed: boolean("gateway_failed"),
    target: digest("target"),
  },
  (table) => [
    unique("attempts_delivery").on(table.enterpriseId, table.deliveryId, table.attemptNo),
    // The health of gateways: what failed lately is a short range, however much went well.
    index("attempts_health").on(table.gatewayId, table.gatewayFailed, table.endedAt),
    // The latest messages of an account.
    index("attempts_ended").on(table.endedAt, table.gatewayId, table.gatewayFailed),
    // A provider's message belongs to one attempt at most.
    index("attempts_provider").on(table.providerId),
  ],
);

/**
 * Each step of finding out what became of an attempt whose answer was lost: what was asked (`source`), what
 * was seen, and what was concluded from it, in words.
 */
export const reconciliations = mysqlTable(
  "reconciliations",
  {
    enterpriseId: clientId("enterprise_id", { length: 64 }).notNull(),
    deliveryId: appId("delivery_id").notNull(),
    attemptId: appId("attempt_id").notNull(),
    stepNo: smallint("step_no").notNull(),
    source: word("source").notNull(),
    conclusion: word("conclusion").notNull(),
    message: varchar("message", { length: 500 }).notNull(),
    concludedAt: instant("concluded_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.enterpriseId, table.deliveryId, table.attemptId, table.stepNo] }),
    index("reconciliations_time").on(table.concludedAt),
  ],
);

/** What providers told us later: a set, so a repeated event changes nothing. */
export const receipts = mysqlTable(
  "receipts",
  {
    enterpriseId: clientId("enterprise_id", { length: 64 }).notNull(),
    attemptId: appId("attempt_id").notNull(),
    eventId: clientId("event_id", { length: 128 }).notNull(),
    kind: word("kind").notNull(),
    code: varchar("code", { length: 64 }),
    reason: varchar("reason", { length: 500 }),
    providerId: varchar("provider_id", { length: 128 }),
    occurredAt: instant("occurred_at"),
    receivedAt: instant("received_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.enterpriseId, table.attemptId, table.eventId] }),
    index("receipts_time").on(table.receivedAt),
  ],
);

/** What a provider accepted: one row per accepted attempt. */
export const logs = mysqlTable(
  "logs",
  {
    enterpriseId: clientId("enterprise_id", { length: 64 }).notNull(),
    attemptId: appId("attempt_id").notNull(),
    deliveryId: appId("delivery_id").notNull(),
    shipmentId: clientId("shipment_id", { length: 64 }).notNull(),
    status: varchar("status", { length: 64 }).notNull(),
    timestamp: instant("timestamp").notNull(),
    channel: varchar("channel", { length: 64 }).notNull(),
    gateway: varchar("gateway", { length: 64 }).notNull(),
    notifyTime: instant("notify_time").notNull(),
    providerId: varchar("provider_id", { length: 128 }),
    isTest: boolean("is_test").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.enterpriseId, table.attemptId] }),
    index("logs_shipment").on(table.enterpriseId, table.shipmentId),
    index("logs_enterprise").on(table.enterpriseId, table.notifyTime, table.attemptId),
    index("logs_time").on(table.notifyTime),
  ],
);

/**
 * What was not, or turned out not to be, delivered: one row per delivery, attempt and code. `message` is
 * the reason in words; channel and gateway are empty where none applied.
 */
export const logsFailure = mysqlTable(
  "logs_failure",
  {
    enterpriseId: clientId("enterprise_id", { length: 64 }).notNull(),
    deliveryId: appId("delivery_id").notNull(),
    attemptNo: smallint("attempt_no").notNull(),
    code: word("code").notNull(),
    attemptId: appId("attempt_id"),
    shipmentId: clientId("shipment_id", { length: 64 }).notNull(),
    status: varchar("status", { length: 64 }).notNull(),
    timestamp: instant("timestamp").notNull(),
    channel: varchar("channel", { length: 64 }).notNull().default(""),
    gateway: varchar("gateway", { length: 64 }).notNull().default(""),
    notifyTime: instant("notify_time").notNull(),
    message: varchar("message", { length: 500 }).notNull(),
    providerCode: varchar("provider_code", { length: 64 }),
    providerId: varchar("provider_id", { length: 128 }),
    isTest: boolean("is_test").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.enterpriseId, table.deliveryId, table.attemptNo, table.code] }),
    index("logs_failure_shipment").on(table.enterpriseId, table.shipmentId),
    index("logs_failure_enterprise").on(
      table.enterpriseId,
      table.notifyTime,
      table.deliveryId,
      table.attemptNo,
      table.code,
    ),
    index("logs_failure_time").on(table.notifyTime),
  ],
);
