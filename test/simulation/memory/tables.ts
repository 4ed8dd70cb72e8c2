import type * as worked from "../../../src/db/schema-deliveries.ts";
import type { gatewayChanges, templates } from "../../../src/db/schema-plain.ts";
import type * as schema from "../../../src/db/schema.ts";
import type { ReconciliationStep } from "../../../src/db/steps.ts";
import type { DeliveryState } from "../../../src/domain/delivery.ts";

export type CustomerRow = typeof schema.customers.$inferSelect;
export type ChannelRow = typeof schema.channels.$inferSelect;
export type GatewayRow = typeof schema.gateways.$inferSelect;
export type SubscriptionRow = typeof schema.subscriptions.$inferSelect;
export type DeliveryRow = typeof worked.deliveries.$inferSelect & { state: DeliveryState };
export type AttemptRow = typeof worked.attempts.$inferSelect;
export type ReceiptRow = typeof worked.receipts.$inferSelect;
export type LogRow = typeof worked.logs.$inferSelect;
export type FailureRow = typeof worked.logsFailure.$inferSelect;
/** `changedAt`: when a statement last changed it, for the checks alone. */
export type SuppressionRow = typeof schema.suppressions.$inferSelect & { changedAt: number };
export type StepRow = ReconciliationStep & { concludedAt: number };
export type GatewayChangeRow = typeof gatewayChanges.$inferSelect;
export type InboundRow = typeof schema.inbound.$inferSelect;
export type TemplateRow = typeof templates.$inferSelect;

/** Sees each change of a delivery: the row after it, and its state before; null for a new row. */
export type DeliveryWatcher = (row: DeliveryRow, from: DeliveryState | null) => void;

/**
 * The tables of src/db/schema.ts as maps by their keys. The files beside this one play the functions of src/db
 * on them: one function is one statement, and happens at one instant. Indexes are kept only where scans would cost.
 */
export type MemoryDatabase = {
  /** The database's clock, in whole ms since the epoch. */
  now: () => number;
  customers: Map<string, CustomerRow>;
  channels: Map<string, ChannelRow>;
  gateways: Map<string, GatewayRow>;
  subscriptions: Map<string, SubscriptionRow>;
  templates: Map<string, TemplateRow>;
  deliveries: Map<string, DeliveryRow>;
  /** The unique keys of an update: enterprise, key and position. */
  updateKeys: Map<string, DeliveryRow>;
  idempotencyKeys: Map<string, DeliveryRow>;
  /** By enterprise, shipment and channel; without those that have no channel. */
  siblings: Map<string, DeliveryRow[]>;
  attempts: Map<string, AttemptRow>;
  attemptsOf: Map<string, AttemptRow[]>;
  receipts: Map<string, ReceiptRow>;
  logs: Map<string, LogRow>;
  failures: Map<string, FailureRow>;
  suppressions: Map<string, SuppressionRow>;
  steps: Map<string, StepRow>;
  gatewayChanges: Map<string, GatewayChangeRow>;
  inbound: Map<string, InboundRow>;
  /** How far content was looked for, by round. */
  blankingMarks: Map<string, string>;
  watchers: DeliveryWatcher[];
};

export function createMemoryDatabase(now: () => number): MemoryDatabase {
  return {
    now,
    customers: new Map(),
    channels: new Map(),
    gateways: new Map(),
    subscriptions: new Map(),
    templates: new Map(),
    deliveries: new Map(),
    updateKeys: new Map(),
    idempotencyKeys: new Map(),
    siblings: new Map(),
    attempts: new Map(),
    attemptsOf: new Map(),
    receipts: new Map(),
    logs: new Map(),
    failures: new Map(),
    suppressions: new Map(),
    steps: new Map(),
    gatewayChanges: new Map(),
    inbound: new Map(),
    blankingMarks: new Map(),
    watchers: [],
  };
}

/** What the database says when a unique key refuses a row; no outage, as with the real one. */
export class DuplicateKey extends Error {
  override readonly name = "DuplicateKey";
}

/** A key of several columns. */
export function key(...parts: (string | number | null)[]): string {
  return parts.join("\n");
}

/** The siblings of a delivery, itself included: those of its enterprise, shipment and channel. */
export function siblingsOf(database: MemoryDatabase, row: DeliveryRow): DeliveryRow[] {
  if (row.channelId === null) return [];
  return database.siblings.get(key(row.enterpriseId, row.shipmentId, row.channelId)) ?? [];
}

/** Changes a delivery. Every statement that writes one goes through here, so that each change can be watched. */
export function change(database: MemoryDatabase, row: DeliveryRow, set: Partial<DeliveryRow>): void {
  const from = row.state;
  Object.assign(row, set);
  for (const watch of database.watchers) watch(row, from);
}

/** The rows that a statement names by enterprise and primary key, in key order. */
export function named(database: MemoryDatabase, rows: { enterpriseId: string; deliveryId: string }[]): DeliveryRow[] {
  const enterprises = new Set(rows.map((row) => row.enterpriseId));
  const ids = [...new Set(rows.map((row) => row.deliveryId))].toSorted();
  return ids.flatMap((id) => {
    const row = database.deliveries.get(id);
    return row && enterprises.has(row.enterpriseId) ? [row] : [];
  });
}

/** Adds a row to a list in a map. */
export function addTo<T>(lists: Map<string, T[]>, listKey: string, row: T): void {
  const list = lists.get(listKey);
  if (list) list.push(row);
  else lists.set(listKey, [row]);
}
