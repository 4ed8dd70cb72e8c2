import type { ConcludedLook, DueLook } from "../../../src/db/reconcile.ts";
import type { ReconciliationStep } from "../../../src/db/steps.ts";
import { isAdapterName, type AddressKind } from "../../../src/domain/adapter-facts.ts";
import type { DeliveryState } from "../../../src/domain/delivery.ts";
import { readLane } from "../../../src/domain/lane.ts";
import { isLookUpEvent } from "../../../src/domain/reconciliation.ts";
import { accountOf } from "./directory.ts";
import { digestOf } from "./sending.ts";
import { lastAttempt } from "./sweeping.ts";
import { pinnedTo } from "./templates.ts";
import { change, key, named, type AttemptRow, type DeliveryRow, type MemoryDatabase } from "./tables.ts";

/** Plays src/db/steps.ts. */
export function insertSteps(database: MemoryDatabase, steps: ReconciliationStep[]): void {
  for (const step of steps) {
    const stepKey = key(step.enterpriseId, step.deliveryId, step.attemptId, step.stepNo);
    if (!database.steps.has(stepKey) || step.conclusion === "proven_absent")
      database.steps.set(stepKey, { ...step, concludedAt: database.now() });
  }
}

/** Plays src/db/reconcile.ts. */
export function findDueLooks(database: MemoryDatabase, limit: number): DueLook[] {
  const now = database.now();
  return [...database.deliveries.values()]
    .filter((row) => row.lookAt !== null && row.lookAt < now && (row.state === "unknown" || row.state === "sent"))
    .toSorted((a, b) => (a.lookAt ?? 0) - (b.lookAt ?? 0))
    .flatMap((row) => {
      const attempt = lastAttempt(database, row);
      return attempt ? [toLook(database, row, attempt)] : [];
    })
    .slice(0, limit);
}

function toLook(database: MemoryDatabase, row: DeliveryRow, attempt: AttemptRow): DueLook {
  const customer = database.customers.get(row.enterpriseId);
  const gateway = database.gateways.get(attempt.gatewayId);
  const addresses = [customer?.phone ?? null, customer?.email ?? null];
  const steps = [...database.steps.values()].filter(
    (step) => step.deliveryId === row.deliveryId && step.attemptId === attempt.attemptId,
  );
  return {
    enterpriseId: row.enterpriseId,
    deliveryId: row.deliveryId,
    shipmentId: row.shipmentId,
    status: row.status,
    timestampText: row.timestampText,
    pinned: pinnedTo(database, row),
    lane: readLane(row.lane),
    state: row.state === "sent" ? "sent" : "unknown",
    lookNo: row.lookNo,
    attemptNo: row.attemptNo,
    now: database.now(),
    attemptId: attempt.attemptId,
    startedAt: attempt.startedAt,
    providerId: attempt.providerId,
    isProven:
      attempt.outcome === "accepted" ||
      [...database.receipts.values()].some((receipt) => receipt.attemptId === attempt.attemptId),
    isSameAddress: addresses.some((address) => address !== null && digestOf(address.trim()) === attempt.target),
    phone: customer?.phone ?? null,
    email: customer?.email ?? null,
    adapter: gateway && isAdapterName(gateway.adapter) ? gateway.adapter : null,
    gatewayId: attempt.gatewayId,
    account: gateway ? accountOf(gateway) : "",
    ownerId: gateway?.ownerId ?? "",
    credentials: gateway?.credentials ?? null,
    sender: gateway?.sender ?? null,
    steps: steps.length,
  };
}

export function findHolders(database: MemoryDatabase, providerIds: string[]) {
  return [...database.attempts.values()]
    .filter(({ providerId }) => providerId !== null && providerIds.includes(providerId))
    .map(({ providerId, attemptId }) => ({ providerId, attemptId }));
}

export function countRivals(database: MemoryDatabase, looks: DueLook[], address: AddressKind): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of named(database, looks)) {
    const own = database.customers.get(row.enterpriseId)?.[address] ?? null;
    const rivals = [...database.deliveries.values()].filter((rival) => {
      if (rival === row || own === null || database.customers.get(rival.enterpriseId)?.[address] !== own) return false;
      const attempt = lastAttempt(database, rival);
      return isRival(row, rival) && attempt !== undefined && attempt.providerId === null;
    });
    if (rivals.length > 0) counts.set(row.deliveryId, rivals.length);
  }
  return counts;
}

const RIVAL_STATES: readonly DeliveryState[] = ["sending", "unknown", "unconfirmed", "sent"];

function isRival(row: DeliveryRow, rival: DeliveryRow): boolean {
  const kindOf = ({ lane }: DeliveryRow) => lane.split("_", 1)[0];
  return (
    rival.shipmentId === row.shipmentId &&
    rival.status === row.status &&
    rival.timestampText === row.timestampText &&
    (RIVAL_STATES.includes(rival.state) || rival.code === "dropped") &&
    kindOf(rival) === kindOf(row)
  );
}

export function countLaterHeard(database: MemoryDatabase, looks: DueLook[], enough: number): Map<string, number> {
  const told = [...database.receipts.values()].filter(({ eventId }) => !isLookUpEvent(eventId));
  const heard = new Set(told.map((receipt) => receipt.attemptId));
  return new Map(
    looks.map(({ attemptId, startedAt, adapter, account }) => {
      const later = [...database.attempts.values()].filter((attempt) => {
        const gateway = database.gateways.get(attempt.gatewayId);
        const isSameLine = gateway?.adapter === adapter && gateway.account === account;
        const isLater = attempt.endedAt !== null && attempt.endedAt > startedAt && attempt.startedAt > startedAt;
        return isSameLine && isLater && heard.has(attempt.attemptId);
      });
      return [attemptId, Math.min(enough, later.length)];
    }),
  );
}

export function moveAfterLook(database: MemoryDatabase, concluded: ConcludedLook[], silentAfterMs: number): void {
  const now = database.now();
  const concludedOf = new Map(concluded.toReversed().map((one) => [one.look.deliveryId, one]));
  const looks = concluded.map(({ look }) => look);
  for (const row of named(database, looks)) {
    const one = concludedOf.get(row.deliveryId);
    if (!one || row.state !== one.look.state || row.attemptNo !== one.look.attemptNo) continue;
    if (row.lookNo !== one.look.lookNo) continue;
    const { look, conclusion } = one;
    const lookNo = { absent: look.lookNo + 1, unanswered: look.lookNo, unclear: 0, proven_absent: 0 }[conclusion.kind];
    if (conclusion.kind !== "proven_absent") {
      change(database, row, { lookNo, lookAt: conclusion.againMs === null ? null : now + conclusion.againMs });
      continue;
    }
    change(database, row, {
      state: "retrying",
      code: null,
      lookNo,
      lookAt: null,
      holdUntil: null,
      dueAt: Math.min(row.expiresAt, now),
      ringAt: now + silentAfterMs,
    });
  }
}
