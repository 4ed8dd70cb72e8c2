import { fit } from "../../../src/db/fit.ts";
import type { ProvenAttempt, ReceiptedAttempt, ReceiptMove } from "../../../src/db/receipts.ts";
import { isOwnAccount } from "../../../src/domain/credentials.ts";
import { UNPROVEN_STATES, type DeliveryState } from "../../../src/domain/delivery.ts";
import type { Receipt } from "../../../src/domain/receipt.ts";
import { accountOf } from "./directory.ts";
import { insertFailures, insertLogs } from "./logs.ts";
import { change, key, named, type MemoryDatabase } from "./tables.ts";

/** Plays src/db/receipts.ts. Enterprises and attempts are two lists to the statement: it pairs them freely. */
export function findAttempts(
  database: MemoryDatabase,
  receipts: Pick<Receipt, "enterpriseId" | "attemptId">[],
  accounts: readonly string[],
): ReceiptedAttempt[] {
  const enterprises = new Set(receipts.map((receipt) => receipt.enterpriseId));
  return [...new Set(receipts.map((receipt) => receipt.attemptId))].flatMap((attemptId) => {
    const attempt = database.attempts.get(attemptId);
    const row = attempt ? database.deliveries.get(attempt.deliveryId) : undefined;
    if (!attempt || !row || !enterprises.has(attempt.enterpriseId)) return [];
    const passed = database.gateways.get(attempt.gatewayId);
    if (passed ? !accounts.includes(accountOf(passed)) : accounts.every(isOwnAccount)) return [];
    const { enterpriseId, attemptNo, startedAt, gatewayId, gateway, deliveryId } = attempt;
    const { shipmentId, status, occurredAt, channelId, channel } = row;
    const { phone, email } = database.customers.get(enterpriseId) ?? {};
    const customer = phone === undefined || email === undefined ? null : { phone, email };
    const known = {
      state: row.state,
      isWaitedFor: row.lookAt !== null,
      isAccepted: attempt.outcome === "accepted" && attempt.providerId !== null,
      isLogged: (database.logs.get(key(enterpriseId, attemptId))?.providerId ?? null) !== null,
    };
    const ids = { enterpriseId, attemptId, attemptNo, startedAt, gatewayId, gateway, deliveryId };
    return [{ ...ids, shipmentId, status, occurredAt, channelId, channel, ...known, customer }];
  });
}

export function insertReceipts(database: MemoryDatabase, receipts: Receipt[]): void {
  for (const { wish: _, ...receipt } of receipts) {
    const row = { ...receipt, eventId: fit(receipt.eventId), providerId: fit(receipt.providerId) };
    const rowKey = key(row.enterpriseId, row.attemptId, row.eventId);
    if (!database.receipts.has(rowKey)) database.receipts.set(rowKey, { ...row, receivedAt: database.now() });
  }
}

export function markAccepted(database: MemoryDatabase, proven: ProvenAttempt[]): void {
  const receiptOf = new Map(proven.toReversed().map(({ receipt, attempt }) => [attempt.attemptId, receipt]));
  for (const [attemptId, receipt] of receiptOf) {
    const row = database.attempts.get(attemptId);
    if (!row || (row.outcome === "accepted" && row.providerId !== null)) continue;
    row.providerId ??= fit(receipt.providerId);
    row.endedAt ??= database.now();
    Object.assign(row, { outcome: "accepted", code: null, reason: null, gatewayFailed: false });
  }
}

export function logProven(database: MemoryDatabase, proven: ProvenAttempt[]): void {
  insertLogs(
    database,
    proven.map(({ receipt, attempt }) => ({
      ...logged(attempt),
      providerId: fit(receipt.providerId),
    })),
  );
}

export function logUndelivered(database: MemoryDatabase, givenUp: ProvenAttempt[]): void {
  insertFailures(
    database,
    givenUp.map(({ receipt, attempt }) => ({
      ...logged(attempt),
      attemptNo: attempt.attemptNo,
      code: "undelivered",
      message: receipt.reason ?? "The provider could not deliver the message and did not say why.",
      providerCode: receipt.code,
      providerId: fit(receipt.providerId),
    })),
  );
}

export function moveForward(database: MemoryDatabase, moves: ReceiptMove[]): void {
  const moveOf = new Map(moves.toReversed().map((move) => [move.deliveryId, move]));
  const movable: readonly DeliveryState[] = [...UNPROVEN_STATES, "sent"];
  for (const row of named(database, moves)) {
    const move = moveOf.get(row.deliveryId);
    if (!move || !movable.includes(row.state)) continue;
    change(database, row, {
      settledAt: move.to === "sent" ? null : database.now(),
      code: move.to === "undelivered" ? "undelivered" : null,
      gatewayId: move.gatewayId,
      gateway: move.gateway,
      leaseToken: null,
      leaseUntil: null,
      holdUntil: null,
      lookAt: null,
      ringAt: null,
      state: move.to,
    });
  }
}

function logged(attempt: ReceiptedAttempt) {
  const { enterpriseId, attemptId, deliveryId, shipmentId, status, occurredAt, channel, gateway } = attempt;
  return { enterpriseId, attemptId, deliveryId, shipmentId, status, occurredAt, channel, gateway };
}
