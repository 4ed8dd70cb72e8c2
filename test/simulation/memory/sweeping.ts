import type { ExpiredLease } from "../../../src/db/leases.ts";
import type { SilentDelivery } from "../../../src/db/silent.ts";
import { readLane, type Lane } from "../../../src/domain/lane.ts";
import type { Times } from "../../../src/domain/times.ts";
import { change, named, type AttemptRow, type DeliveryRow, type MemoryDatabase } from "./tables.ts";

/** Plays src/db/silent.ts. */
export function findSilent(database: MemoryDatabase, lanes: { lane: Lane; limit: number }[]): SilentDelivery[] {
  const now = database.now();
  const silent = [...database.deliveries.values()].filter((row) => row.ringAt !== null && row.ringAt <= now);
  if (silent.length === 0) return [];
  return lanes.flatMap(({ lane, limit }) =>
    silent
      .filter((row) => row.lane === lane)
      .toSorted((a, b) => (a.ringAt ?? 0) - (b.ringAt ?? 0))
      .slice(0, limit)
      .map(({ enterpriseId, deliveryId }) => ({ lane, enterpriseId, deliveryId })),
  );
}

export function moveRingOn(database: MemoryDatabase, silent: SilentDelivery[], times: Times): void {
  const now = database.now();
  for (const row of named(database, silent)) {
    if (row.ringAt === null || row.ringAt > now) continue;
    const wait = Math.min(times.ringAgainLongest, times.ringAgain * 2 ** row.ringNo);
    change(database, row, { ringAt: now + wait, ringNo: Math.min(row.ringNo + 1, 10) });
  }
}

export function findUnheard(database: MemoryDatabase, rung: { enterpriseId: string; deliveryId: string }[]): string[] {
  const now = database.now();
  return named(database, rung)
    .filter((row) => row.ringNo > 0 && row.ringAt !== null && row.dueAt <= now)
    .map((row) => row.deliveryId);
}

/** Plays src/db/leases.ts. */
export function findExpiredLeases(database: MemoryDatabase, limit: number): ExpiredLease[] {
  const now = database.now();
  return [...database.deliveries.values()]
    .filter((row) => row.state === "sending" && row.leaseUntil !== null && row.leaseUntil < now)
    .toSorted((a, b) => (a.leaseUntil ?? 0) - (b.leaseUntil ?? 0))
    .slice(0, limit)
    .map((row) => {
      const attempt = lastAttempt(database, row);
      return {
        ...held(row),
        lane: readLane(row.lane),
        attemptId: attempt?.attemptId ?? null,
        gatewayId: attempt?.gatewayId ?? null,
        gateway: attempt?.gateway ?? null,
        outcome: (attempt?.outcome ?? null) as ExpiredLease["outcome"],
        code: attempt?.code ?? null,
        reason: attempt?.reason ?? null,
        providerId: attempt?.providerId ?? null,
      };
    });
}

/** The attempt of a delivery's last claim, if one was made. */
export function lastAttempt(database: MemoryDatabase, row: DeliveryRow): AttemptRow | undefined {
  return database.attemptsOf.get(row.deliveryId)?.find((attempt) => attempt.attemptNo === row.attemptNo);
}

/** The columns by which a delivery that is being sent or held is logged. */
export function held({ enterpriseId, deliveryId, shipmentId, status, occurredAt, channel, attemptNo }: DeliveryRow) {
  return { enterpriseId, deliveryId, shipmentId, status, occurredAt, channel, attemptNo };
}
