import { fit } from "../../../src/db/fit.ts";
import type { AcceptedEntry, FailureEntry } from "../../../src/db/logs.ts";
import { UNPROVEN_STATES, type DeliveryState } from "../../../src/domain/delivery.ts";
import { LEASE_EXPIRED, type AttemptResult, type DeliveryResult } from "../../../src/domain/delivery-result.ts";
import { blamesGateway } from "../../../src/domain/send-outcome.ts";
import { skipReason } from "../../../src/domain/skip.ts";
import type { Times } from "../../../src/domain/times.ts";
import { insertFailures, insertLogs } from "./logs.ts";
import { changeSuppressions } from "./suppressions.ts";
import { change, named, type DeliveryRow, type MemoryDatabase } from "./tables.ts";

/** The statements of src/db/record.ts, one by one: facts first, states last. */
export function recordStatements(
  database: MemoryDatabase,
  results: DeliveryResult[],
  times: Times,
): { name: string; run: () => void }[] {
  const accepted = results.flatMap(acceptedEntry);
  const failures = results.flatMap(failureEntry);
  const optOuts = results.flatMap(({ optOut }) => optOut ?? []);
  return [
    {
      name: "attempts",
      isNeeded: results.some(({ attempt }) => attempt),
      run: () => recordAttempts(database, results),
    },
    { name: "logs", isNeeded: accepted.length > 0, run: () => insertLogs(database, accepted) },
    { name: "failures", isNeeded: failures.length > 0, run: () => insertFailures(database, failures) },
    { name: "suppressions", isNeeded: optOuts.length > 0, run: () => changeSuppressions(database, optOuts) },
    { name: "deliveries", isNeeded: true, run: () => moveDeliveries(database, results, times) },
  ].filter((statement) => statement.isNeeded);
}

/** What is known stays: a proven acceptance, and what a sender has told that was only thought to have gone away. */
function recordAttempts(database: MemoryDatabase, results: DeliveryResult[]): void {
  for (const { attempt } of results) {
    const row = attempt ? database.attempts.get(attempt.attemptId) : undefined;
    if (!attempt || !row) continue;
    const { outcome } = attempt;
    row.endedAt = database.now();
    if (outcome.kind === "accepted") row.providerId = fit(outcome.providerId) ?? row.providerId;
    if (row.outcome === "accepted") row.gatewayFailed = false;
    if (row.outcome === "accepted" || (row.outcome !== null && isLeaseExpired(outcome))) continue;
    row.code = "code" in outcome ? outcome.code : null;
    row.reason = "reason" in outcome ? outcome.reason : null;
    row.gatewayFailed = outcome.kind === "not_started" || isLeaseExpired(outcome) ? null : blamesGateway(outcome);
    row.outcome = outcome.kind;
  }
}

function isLeaseExpired(outcome: AttemptResult["outcome"]): boolean {
  return "code" in outcome && outcome.code === LEASE_EXPIRED;
}

function acceptedEntry({ delivery, attempt }: DeliveryResult): AcceptedEntry[] {
  if (attempt?.outcome.kind !== "accepted") return [];
  const { attemptId, gateway, outcome } = attempt;
  return [{ ...logged(delivery), attemptId, gateway, providerId: fit(outcome.providerId) }];
}

function failureEntry({ delivery, attempt, step }: DeliveryResult): FailureEntry[] {
  const none = { attemptNo: 0, attemptId: null, gateway: "", providerCode: null, providerId: null };
  switch (step.state) {
    case "skipped":
    case "skip_logged":
      return [{ ...logged(delivery), ...none, code: step.code, message: skipReason(step.code) }];
    case "failed":
      return [
        {
          ...logged(delivery),
          ...none,
          attemptNo: delivery.attemptNo,
          attemptId: attempt?.attemptId ?? null,
          gateway: attempt?.gateway ?? "",
          code: step.code,
          message: step.reason,
          providerCode: step.providerCode,
        },
      ];
    default:
      return [];
  }
}

function logged({ enterpriseId, deliveryId, shipmentId, status, occurredAt, channel }: DeliveryResult["delivery"]) {
  return { enterpriseId, deliveryId, shipmentId, status, occurredAt, channel };
}

function moveDeliveries(database: MemoryDatabase, results: DeliveryResult[], times: Times): void {
  const resultOf = new Map(results.toReversed().map((result) => [result.delivery.deliveryId, result]));
  const deliveries = results.map((result) => result.delivery);
  for (const row of named(database, deliveries)) {
    const result = resultOf.get(row.deliveryId);
    if (!result || !mayMove(row, result)) continue;
    const { attempt, step } = result;
    const set = moveOf(database.now(), row, result, times);
    change(database, row, {
      code: "code" in step ? step.code : null,
      gatewayId: attempt?.gatewayId ?? row.gatewayId,
      gateway: attempt?.gateway ?? row.gateway,
      ringNo: 0,
      lookNo: 0,
      leaseToken: null,
      leaseUntil: null,
      ...set,
      dueAt: Math.min(row.expiresAt, set.dueAt),
    });
  }
}

/** An accepted message is a fact whoever holds the lease now; any other result counts only for its own claim. */
function mayMove(row: DeliveryRow, { delivery, step }: DeliveryResult): boolean {
  const unproven: readonly DeliveryState[] = UNPROVEN_STATES;
  const isHeld = row.state === "sending" || row.state === "unknown";
  const isOurs = isHeld && row.attemptNo === delivery.attemptNo;
  const isUnlogged = row.state === "skipped" && row.ringAt !== null;
  return isOurs || (unproven.includes(row.state) && step.state === "sent") || isUnlogged;
}

type Move = Pick<DeliveryRow, "state" | "dueAt" | "ringAt" | "lane" | "holdUntil" | "lookAt" | "settledAt">;

function moveOf(now: number, row: DeliveryRow, { delivery, step }: DeliveryResult, times: Times): Move {
  const still = { dueAt: now, ringAt: null, lane: row.lane, holdUntil: null, lookAt: null, settledAt: null };
  const silentAfter = (delayMs: number) => now + Math.round(delayMs) + times.silentAfter;
  switch (step.state) {
    case "sent":
      return { ...still, state: "sent", lookAt: now + times.receiptLate };
    case "failed":
    case "skipped":
      return { ...still, state: step.state, settledAt: now };
    case "skip_logged":
      return { ...still, state: "skipped", settledAt: row.settledAt, dueAt: row.dueAt };
    case "unknown": {
      const lookAt = Math.max(Math.max(row.leaseUntil ?? now, now) + times.lookAgain, row.lookAt ?? now);
      return { ...still, state: "unknown", holdUntil: now + times.hold, lookAt };
    }
    case "retrying": {
      const dueAt = now + Math.round(step.delayMs);
      return { ...still, state: "retrying", lane: step.lane, dueAt, ringAt: silentAfter(step.delayMs) };
    }
    case "given_back": {
      const dueAt = now + Math.round(step.delayMs);
      const state = delivery.wasTried ? "retrying" : "queued";
      return { ...still, state, dueAt, ringAt: silentAfter(step.delayMs) };
    }
  }
}
