import type { DeliveryState } from "../../src/domain/delivery.ts";
import type { OutboundMessage } from "../../src/domain/outbound-message.ts";
import type { Times } from "../../src/domain/times.ts";
import type { LogFields } from "../../src/log.ts";
import type { BellMessage } from "../../src/queue/bell.ts";
import { key, type AttemptRow, type DeliveryRow, type MemoryDatabase } from "./memory/tables.ts";
import type { Violations } from "./violations.ts";

/** The states that may follow each state; a row may be written again in its own state unless it is final. */
const MAY_FOLLOW: Record<DeliveryState, readonly DeliveryState[]> = {
  queued: ["queued", "sending", "skipped"],
  sending: ["sending", "queued", "retrying", "sent", "delivered", "undelivered", "unknown", "failed", "skipped"],
  retrying: ["retrying", "sending", "sent", "delivered", "undelivered", "skipped"],
  unknown: ["unknown", "queued", "retrying", "sent", "delivered", "undelivered", "unconfirmed", "failed"],
  unconfirmed: ["sent", "delivered", "undelivered"],
  sent: ["sent", "delivered", "undelivered"],
  delivered: [],
  undelivered: [],
  failed: [],
  skipped: ["skipped"],
};

/** Looks at each change of a delivery as it happens. */
export function watchDeliveries(database: MemoryDatabase, violations: Violations, trace: (line: string) => void): void {
  database.watchers.push((row, from) => {
    if (from !== row.state) trace(`${row.deliveryId} ${from ?? "new"} → ${row.state} (attempt ${row.attemptNo})`);
    checkMove(row, from, violations);
    checkWaker(row, violations);
  });
}

function checkMove(row: DeliveryRow, from: DeliveryState | null, violations: Violations): void {
  // An operator's order is the only way back, and leaves its mark.
  const isRedriven = (from === "failed" || from === "unconfirmed") && row.redrivenNo === row.attemptNo;
  if (isRedriven && row.state === "retrying") return;
  const may: readonly DeliveryState[] = from === null ? ["queued", "skipped"] : MAY_FOLLOW[from];
  if (!may.includes(row.state)) violations.report("I6", `${row.deliveryId} went from ${from} to ${row.state}`);
}

/** Each state has its own reason to be looked at again, and no other; what rests has none. */
function checkWaker(row: DeliveryRow, violations: Violations): void {
  const isWoken: Record<DeliveryState, boolean> = {
    queued: row.ringAt !== null,
    retrying: row.ringAt !== null,
    sending: row.leaseUntil !== null && row.leaseToken !== null,
    unknown: row.holdUntil !== null,
    sent: true,
    delivered: true,
    undelivered: true,
    unconfirmed: true,
    failed: true,
    skipped: true,
  };
  const isActive = row.state === "sending" || row.state === "unknown";
  if (!isWoken[row.state]) violations.report("I8", `${row.deliveryId} is ${row.state}, and nobody will look at it`);
  if (!isActive && (row.leaseUntil !== null || row.holdUntil !== null)) {
    violations.report("I8", `${row.deliveryId} is ${row.state}, but leased or held`);
  }
}

/** When somebody was told that a STOP is heeded, by address and adapter. */
export type Stops = Map<string, number>;

/** Looks at each call as it leaves: its intent must be committed, and its lease must last. */
export function callMonitor(database: MemoryDatabase, violations: Violations, times: Times, stops: Stops) {
  const called = new Set<string>();
  return ({ attemptId, enterpriseId, to }: OutboundMessage): void => {
    const attempt = database.attempts.get(attemptId);
    if (!attempt) return violations.report("I9", `${attemptId} is called without a committed intent`);
    if (called.has(attemptId)) violations.report("I9", `${attemptId} is called twice`);
    called.add(attemptId);
    checkWanted(database, attempt, to, times, stops, violations);
    const row = database.deliveries.get(attempt.deliveryId);
    if (row?.enterpriseId !== enterpriseId) violations.report("I11", `${attemptId} is another enterprise's`);
    // A receipt of an earlier attempt may have settled the delivery since the intent was committed.
    const isOpen = row?.attemptNo === attempt.attemptNo && (row.state === "sending" || row.state === "unknown");
    const lasts = row?.leaseUntil ? row.leaseUntil - database.now() : 0;
    if (isOpen && lasts < times.callTimeout) {
      violations.report("I9", `${attemptId} is called ${lasts} ms before its lease ends, too late for a whole call`);
    }
  };
}

/** Whoever said STOP before a delivery was even claimed is not written to any more. */
function checkWanted(
  database: MemoryDatabase,
  { attemptId, deliveryId, gatewayId, startedAt }: AttemptRow,
  to: string,
  { lease }: Times,
  stops: Stops,
  violations: Violations,
): void {
  const row = database.deliveries.get(deliveryId);
  const entry = database.suppressions.get(key(row?.enterpriseId ?? "", row?.channelId ?? "", to));
  const claimedAt = row?.leaseUntil ? row.leaseUntil - lease : startedAt;
  const adapter = database.gateways.get(gatewayId)?.adapter ?? "";
  if ((stops.get(key(to, adapter)) ?? Infinity) < claimedAt) {
    violations.report("I11", `${attemptId} goes to somebody whose STOP was heeded`);
  }
  if (entry && entry.liftedAt === null && entry.changedAt < claimedAt) {
    violations.report("I11", `${attemptId} goes to somebody who wants no messages (${entry.code})`);
  }
}

/** Looks at each bell as it is rung: its rows must be there already, and it must say nothing but ids. */
export function bellMonitor(database: MemoryDatabase, violations: Violations) {
  return (body: BellMessage): void => {
    for (const id of body.delivery_ids) {
      if (!database.deliveries.has(id)) violations.report("I1", `a bell names ${id}, which is not committed`);
    }
    checkDiscreet("a bell", JSON.stringify(body), violations);
  };
}

/** Looks at each line that is logged. */
export function logMonitor(violations: Violations) {
  return (event: string, fields: LogFields): void => checkDiscreet(event, JSON.stringify(fields), violations);
}

function checkDiscreet(what: string, text: string, violations: Violations): void {
  if (/\+34\d|@shop\.example|Shipment ID/.test(text)) violations.report("I13", `${what} tells too much: ${text}`);
}
