import type { PlannedRedrive, Redrivable } from "../../../src/db/redrive.ts";
import { readLane } from "../../../src/domain/lane.ts";
import { DROPPED } from "../../../src/domain/delivery.ts";
import { COUNT_AT_MOST, type RedriveFilter } from "../../../src/domain/redrive.ts";
import { insertSteps } from "./reconcile.ts";
import { change, named, type DeliveryRow, type MemoryDatabase } from "./tables.ts";

/** Plays src/db/redrive.ts. */
export function countRedrivable(database: MemoryDatabase, filter: RedriveFilter) {
  const now = database.now();
  const found = matching(database, filter);
  const alive = found.filter((row) => row.expiresAt > now).length;
  const atMost = (count: number) => Math.min(count, COUNT_AT_MOST + 1);
  return { matching: atMost(alive), expired: atMost(found.length - alive) };
}

export function findRedrivable(database: MemoryDatabase, filter: RedriveFilter, limit: number): Redrivable[] {
  const now = database.now();
  return matching(database, filter)
    .filter((row) => row.expiresAt > now)
    .toSorted((a, b) => (a.settledAt ?? 0) - (b.settledAt ?? 0) || (a.deliveryId < b.deliveryId ? -1 : 1))
    .slice(0, limit)
    .map(({ enterpriseId, deliveryId, lane, attemptNo, code, expiresAt }) => {
      return { enterpriseId, deliveryId, lane: readLane(lane), attemptNo, code, expiresInMs: expiresAt - now };
    });
}

export function lastRedriveDueInMs(database: MemoryDatabase): number {
  const now = database.now();
  const waiting = [...database.deliveries.values()].filter(
    (row) =>
      row.state === "retrying" &&
      row.redrivenNo > 0 &&
      row.redrivenNo === row.attemptNo &&
      row.dueAt > now &&
      (row.ringAt ?? 0) > now,
  );
  return Math.max(0, ...waiting.map((row) => row.dueAt - now));
}

export function logRedrive(database: MemoryDatabase, { state }: RedriveFilter, planned: PlannedRedrive[]): void {
  insertSteps(
    database,
    planned.map(({ enterpriseId, deliveryId, attemptNo, code }) => ({
      enterpriseId,
      deliveryId,
      attemptId: "",
      stepNo: attemptNo,
      source: "operator",
      conclusion: "redriven",
      message: `An operator ordered a new start after attempt ${attemptNo}; it was ${state} (${code ?? "no code"}).`,
    })),
  );
}

export function redrive(
  database: MemoryDatabase,
  { state }: RedriveFilter,
  planned: PlannedRedrive[],
  silentAfterMs: number,
): number {
  const now = database.now();
  const plannedOf = new Map(planned.toReversed().map((one) => [one.deliveryId, one]));
  const moved = named(database, planned).filter((row) => {
    const isSeen = row.attemptNo === plannedOf.get(row.deliveryId)?.attemptNo;
    return row.state === state && isSeen && row.expiresAt > now;
  });
  for (const row of moved) {
    const { delayMs = 0 } = plannedOf.get(row.deliveryId) ?? {};
    change(database, row, {
      state: "retrying",
      redrivenNo: row.attemptNo,
      code: null,
      settledAt: null,
      holdUntil: null,
      lookAt: null,
      lookNo: 0,
      dueAt: now + delayMs,
      ringAt: now + delayMs + silentAfterMs,
      ringNo: 0,
    });
  }
  return moved.length;
}

function matching(database: MemoryDatabase, filter: RedriveFilter): DeliveryRow[] {
  const equals = (wanted: string | null, value: string | null) => wanted === null || wanted === value;
  return [...database.deliveries.values()].filter((row) => {
    const attempts = database.attemptsOf.get(row.deliveryId) ?? [];
    const last = attempts.filter((attempt) => attempt.attemptNo === row.attemptNo);
    return (
      row.state === filter.state &&
      row.settledAt !== null &&
      row.settledAt >= filter.settledFrom &&
      (filter.settledTo === null || row.settledAt <= filter.settledTo) &&
      equals(filter.enterpriseId, row.enterpriseId) &&
      equals(filter.shipmentId, row.shipmentId) &&
      equals(filter.channelId, row.channelId) &&
      equals(filter.gatewayId, row.gatewayId) &&
      equals(filter.code, row.code) &&
      (filter.maySendTwice || !(row.state === "failed" && row.code === DROPPED)) &&
      (filter.providerCode === null || last.some((attempt) => attempt.code === filter.providerCode)) &&
      !attempts.some((attempt) => attempt.outcome === "accepted")
    );
  });
}
