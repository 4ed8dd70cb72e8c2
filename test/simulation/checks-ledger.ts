import { FORGED } from "./callbacks.ts";
import type { Evidence } from "./evidence.ts";
import { key, type AttemptRow, type DeliveryRow, type MemoryDatabase } from "./memory/tables.ts";
import { canBeAsked, type Acceptance } from "./provider.ts";

/** More calls than this for one delivery are not a retry any more: a day of waits of a quarter of an hour on average. */
const MAX_CALLS = 150;

/** I3 and I4: at most one acceptance for each delivery, each with its row in `logs`, and none called a failure. */
export function checkAcceptances({ database, provider, sentAgain, hasTwin, violations }: Evidence): void {
  const counts = new Map<string, number>();
  for (const { line, message, isTold } of provider.ledger) {
    const attempt = database.attempts.get(message.attemptId);
    if (!attempt) {
      violations.report("I9", `${message.attemptId} was accepted, but nothing was committed`);
      continue;
    }
    counts.set(attempt.deliveryId, (counts.get(attempt.deliveryId) ?? 0) + 1);
    // Where the answer may be lost, nothing is told and nobody can be asked, there is no way to know.
    if (!isTold && (!canBeAsked(line.adapter) || hasTwin(message))) continue;
    if (attempt.outcome !== "accepted") {
      violations.report("I4", `${attempt.attemptId} of ${attempt.deliveryId} was accepted, but is ${attempt.outcome}`);
    }
    if (!database.logs.has(key(attempt.enterpriseId, attempt.attemptId))) {
      violations.report("I4", `${attempt.attemptId} of ${attempt.deliveryId} was accepted, but is not in logs`);
    }
    const row = database.deliveries.get(attempt.deliveryId);
    if (row && ["failed", "skipped", "unconfirmed"].includes(row.state)) {
      violations.report("I4", `${row.deliveryId} was accepted, but is ${row.state}`);
    }
  }
  for (const [deliveryId, count] of counts) {
    const most = 1 + (sentAgain.get(deliveryId) ?? 0);
    if (count > most) violations.report("I3", `${deliveryId} was accepted ${count} times, and not ${most} at most`);
  }
}

/** I5: nothing is said to be accepted that is not in the ledger. */
export function checkPhantoms({ database, provider, violations }: Evidence): void {
  const accepted = new Set(provider.ledger.map(({ message }) => message.attemptId));
  const deliveries = new Set([...accepted].map((id) => database.attempts.get(id)?.deliveryId));
  for (const log of database.logs.values()) {
    if (!accepted.has(log.attemptId)) violations.report("I5", `logs say that ${log.attemptId} was accepted`);
  }
  for (const attempt of database.attempts.values()) {
    const isPhantom = attempt.outcome === "accepted" && !accepted.has(attempt.attemptId);
    if (isPhantom) violations.report("I5", `${attempt.attemptId} is recorded as accepted`);
  }
  for (const row of database.deliveries.values()) {
    const isSaid = row.state === "sent" || row.state === "delivered" || row.state === "undelivered";
    if (isSaid && !deliveries.has(row.deliveryId)) violations.report("I5", `${row.deliveryId} is ${row.state}`);
  }
}

/**
 * I7: in the ledger, by the instants of acceptance. A message that the provider took only after the call had been
 * given up is left out: nothing can hold back the next status for what may never come.
 */
export function checkOrder({ database, provider, violations }: Evidence): void {
  const newest = new Map<string, DeliveryRow>();
  for (const { message, isLate } of provider.ledger) {
    const row = deliveryOf(database, message.attemptId);
    if (!row || row.channelId === null || isLate) continue;
    const line = key(row.enterpriseId, row.shipmentId, row.channelId);
    const before = newest.get(line);
    if (before && isOlder(row, before)) {
      violations.report("I7", `${row.deliveryId} (${row.status}) followed ${before.deliveryId} (${before.status})`);
    } else newest.set(line, row);
  }
}

function isOlder(row: DeliveryRow, other: DeliveryRow): boolean {
  return row.occurredAt < other.occurredAt;
}

/** I9: a bounded number of calls for each delivery. */
export function checkCalls({ database, provider, violations }: Evidence): void {
  const counts = new Map<string, number>();
  for (const { attemptId } of provider.calls) {
    const deliveryId = database.attempts.get(attemptId)?.deliveryId ?? "";
    counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  }
  for (const [deliveryId, count] of counts) {
    if (count > MAX_CALLS) violations.report("I9", `${deliveryId} was called for ${count} times`);
  }
}

/** I11: address, sender and account of each message are those of its enterprise and of its attempt's gateway. */
export function checkTenants({ database, provider, violations }: Evidence): void {
  for (const { line, message } of provider.ledger) {
    const attempt = database.attempts.get(message.attemptId);
    const row = deliveryOf(database, message.attemptId);
    if (!attempt || !row) continue;
    if (!isOwn(database, row, attempt, { line, message })) {
      violations.report("I11", `${message.attemptId} of ${row.deliveryId} went somewhere else`);
    }
  }
}

function isOwn(
  database: MemoryDatabase,
  row: DeliveryRow,
  attempt: AttemptRow,
  { line, message }: Pick<Acceptance, "line" | "message">,
): boolean {
  const gateway = database.gateways.get(attempt.gatewayId);
  const customer = database.customers.get(row.enterpriseId);
  return (
    message.enterpriseId === row.enterpriseId &&
    (message.to === customer?.phone || message.to === customer?.email) &&
    message.sender === gateway?.sender &&
    line.account === gateway.account &&
    line.adapter === gateway.adapter &&
    gateway.channelId === row.channelId &&
    message.text.includes(row.shipmentId) &&
    message.text.includes(row.timestampText)
  );
}

/** I12: no forged receipt is kept, and no state says more than the provider does. */
export function checkForged({ database, provider, violations }: Evidence): void {
  for (const receipt of database.receipts.values()) {
    if (receipt.eventId.startsWith(FORGED))
      violations.report("I12", `a forged receipt of ${receipt.attemptId} is kept`);
  }
  const standings = Map.groupBy(provider.ledger, ({ message }) => database.attempts.get(message.attemptId)?.deliveryId);
  for (const row of database.deliveries.values()) {
    if (row.state !== "delivered" && row.state !== "undelivered") continue;
    const isTrue = (standings.get(row.deliveryId) ?? []).some(({ standing }) => standing === row.state);
    if (!isTrue) violations.report("I12", `${row.deliveryId} is ${row.state}, but no provider has said so`);
  }
}

function deliveryOf(database: MemoryDatabase, attemptId: string): DeliveryRow | undefined {
  return database.deliveries.get(database.attempts.get(attemptId)?.deliveryId ?? "");
}
