import { createHash } from "node:crypto";
import type { Intent } from "../../../src/db/intent.ts";
import { DROPPED, MAYBE_SENT_STATES, type DeliveryState } from "../../../src/domain/delivery.ts";
import type { DueDelivery, GatewayCandidate } from "../../../src/domain/due-delivery.ts";
import { readHealth } from "../../../src/domain/gateway-health.ts";
import { readKind, readLane } from "../../../src/domain/lane.ts";
import type { Times } from "../../../src/domain/times.ts";
import { byFailOver, subscribedGateways, toFacts, type SubscribedRow } from "./directory.ts";
import { pinnedTo } from "./templates.ts";
import {
  addTo,
  change,
  DuplicateKey,
  key,
  named,
  siblingsOf,
  type DeliveryRow,
  type MemoryDatabase,
} from "./tables.ts";

type Name = { enterpriseId: string; deliveryId: string };

/** Plays src/db/claim.ts: siblings are looked at as they were before the statement, so it can claim two of them. */
export function claimDue(database: MemoryDatabase, names: Name[], leaseToken: string, times: Times): void {
  const now = database.now();
  const isFree = (row: DeliveryRow) => siblingsOf(database, row).every((sibling) => sibling.state !== "sending");
  const due = named(database, names).filter((row) => isClaimable(row, now));
  const free = new Set(due.filter(isFree));
  for (const row of due) {
    change(
      database,
      row,
      free.has(row)
        ? { state: "sending", leaseToken, leaseUntil: now + times.lease, attemptNo: row.attemptNo + 1, ringAt: null }
        : { leaseToken, dueAt: Math.min(row.expiresAt, now + times.waitForSibling) },
    );
  }
}

function isClaimable(row: DeliveryRow, now: number): boolean {
  return isWaiting(row) && row.dueAt <= now;
}

function isWaiting({ state }: DeliveryRow): boolean {
  return state === "queued" || state === "retrying";
}

/** Plays src/db/load.ts. */
export function loadDue(database: MemoryDatabase, names: Name[], leaseToken: string, times: Times): DueDelivery[] {
  return named(database, names).map((row) => toDue(database, row, leaseToken, times));
}

function toDue(database: MemoryDatabase, row: DeliveryRow, leaseToken: string, times: Times): DueDelivery {
  const now = database.now();
  const customer = database.customers.get(row.enterpriseId);
  const channel = row.channelId === null ? undefined : database.channels.get(row.channelId);
  const candidates = customer
    ? subscribedGateways(database, row.enterpriseId)
        .filter((gateway) => gateway.channelId === row.channelId)
        .toSorted(byFailOver)
        .map((gateway) => toCandidate(database, row, gateway))
    : [];
  const others = siblingsOf(database, row).filter((other) => other !== row);
  const newer = others.filter((other) => isBefore(row, other));
  const older = others.filter((other) => isBefore(other, row));
  return {
    deliveryId: row.deliveryId,
    enterpriseId: row.enterpriseId,
    shipmentId: row.shipmentId,
    status: row.status,
    occurredAt: row.occurredAt,
    timestampText: row.timestampText,
    pinned: pinnedTo(database, row),
    lane: readLane(row.lane),
    kind: readKind(channel?.kind ?? null),
    channelId: row.channelId,
    channel: row.channel,
    code: row.code,
    attemptNo: row.attemptNo,
    mine: row.state === "sending" && row.leaseToken === leaseToken,
    due: (isWaiting(row) && row.leaseToken === leaseToken) || isClaimable(row, now),
    unlogged: row.state === "skipped" && row.ringAt !== null,
    now,
    acceptedAt: row.acceptedAt,
    expiresAt: row.expiresAt,
    customer: customer ? { isSubscribed: customer.isSubscribed, phone: customer.phone, email: customer.email } : null,
    candidates,
    suppressed: {
      phone: isSuppressed(database, row, customer?.phone ?? null),
      email: isSuppressed(database, row, customer?.email ?? null),
    },
    wasTried: (database.attemptsOf.get(row.deliveryId) ?? []).some((attempt) => attempt.outcome !== "not_started"),
    newerSent: newer.some((other) => isOneOf(other.state, MAYBE_SENT_STATES) || other.code === DROPPED),
    newerPending: newer.some((other) => isOneOf(other.state, ["queued", "retrying", "sending"])),
    olderWaiting: older.some((other) => other.state === "queued" && other.acceptedAt > now - times.givesWay),
  };
}

function isBefore(a: DeliveryRow, b: DeliveryRow): boolean {
  return a.occurredAt === b.occurredAt ? a.deliveryId < b.deliveryId : a.occurredAt < b.occurredAt;
}

function isOneOf(state: DeliveryState, states: readonly DeliveryState[]): boolean {
  return states.includes(state);
}

function toCandidate(database: MemoryDatabase, row: DeliveryRow, gateway: SubscribedRow): GatewayCandidate {
  const attempts = (database.attemptsOf.get(row.deliveryId) ?? []).filter(
    (attempt) => attempt.gatewayId === gateway.gatewayId && attempt.attemptNo > row.redrivenNo,
  );
  const now = database.now();
  return {
    ...toFacts(gateway),
    sender: gateway.sender,
    account: gateway.account,
    ownerId: gateway.ownerId,
    credentials: gateway.credentials,
    health: readHealth(gateway.health),
    trialInMs: (gateway.healthUntil ?? now) - now,
    tries: attempts.filter((attempt) => attempt.outcome !== "not_started").length,
    barred: attempts.some((attempt) => attempt.outcome === "rejected" || attempt.outcome === "misconfigured"),
  };
}

function isSuppressed(database: MemoryDatabase, row: DeliveryRow, address: string | null): boolean {
  if (address === null) return false;
  const entry = database.suppressions.get(key(row.enterpriseId, row.channelId, address.trim().toLowerCase()));
  return entry !== undefined && entry.liftedAt === null;
}

/** Plays the INSERT … SELECT of src/db/intent.ts. */
export function insertIntents(
  database: MemoryDatabase,
  intents: Intent[],
  leaseToken: string,
  callTimeoutMs: number,
): number {
  const now = database.now();
  const intentOf = new Map(intents.toReversed().map((intent) => [intent.deliveryId, intent]));
  const held = named(database, intents).filter(
    (row) =>
      row.state === "sending" &&
      row.leaseToken === leaseToken &&
      row.leaseUntil !== null &&
      row.leaseUntil > now + callTimeoutMs,
  );
  const isTaken = (row: DeliveryRow) =>
    (database.attemptsOf.get(row.deliveryId) ?? []).some((attempt) => attempt.attemptNo === row.attemptNo);
  if (held.some(isTaken)) throw new DuplicateKey("attempts_delivery");
  for (const row of held) {
    const intent = intentOf.get(row.deliveryId);
    if (!intent) continue;
    const attempt = {
      attemptId: intent.attemptId,
      enterpriseId: row.enterpriseId,
      deliveryId: row.deliveryId,
      attemptNo: row.attemptNo,
      gatewayId: intent.gatewayId,
      gateway: intent.gateway,
      target: digestOf(intent.to),
      startedAt: now,
      endedAt: null,
      outcome: null,
      code: null,
      reason: null,
      providerId: null,
      gatewayFailed: null,
    };
    database.attempts.set(attempt.attemptId, attempt);
    addTo(database.attemptsOf, attempt.deliveryId, attempt);
  }
  return held.length;
}

/** What is kept of an address: enough to tell later whether it is still the same. */
export function digestOf(address: string): string {
  return createHash("sha256").update(address).digest("hex").slice(0, 43);
}

export function findCommitted(database: MemoryDatabase, intents: Intent[]): Intent[] {
  return intents.filter((intent) => database.attempts.has(intent.attemptId));
}
