import type { EndedHold, EndingHold } from "../../../src/db/holds.ts";
import { readLane } from "../../../src/domain/lane.ts";
import { readPolicy } from "../../../src/domain/reconciliation.ts";
import type { Times } from "../../../src/domain/times.ts";
import { insertFailures } from "./logs.ts";
import { held, lastAttempt } from "./sweeping.ts";
import { change, named, type MemoryDatabase } from "./tables.ts";

/** Plays src/db/holds.ts. */
export function findEndedHolds(database: MemoryDatabase, limit: number): EndedHold[] {
  const now = database.now();
  return [...database.deliveries.values()]
    .filter((row) => row.state === "unknown" && row.holdUntil !== null && row.holdUntil < now)
    .toSorted((a, b) => (a.holdUntil ?? 0) - (b.holdUntil ?? 0))
    .slice(0, limit)
    .map((row) => ({
      ...held(row),
      lane: readLane(row.lane),
      attemptId: lastAttempt(database, row)?.attemptId ?? null,
      gateway: row.gateway,
      policy: readPolicy(database.customers.get(row.enterpriseId)?.ambiguityPolicy ?? null),
    }));
}

export function logHoldEnds(database: MemoryDatabase, endings: EndingHold[]): void {
  insertFailures(
    database,
    endings.flatMap(({ hold: { lane: _, policy: __, ...hold }, end }) =>
      end.code === null
        ? []
        : [{ ...hold, code: end.code, message: end.message, providerCode: null, providerId: null }],
    ),
  );
}

export function moveHoldEnds(database: MemoryDatabase, endings: EndingHold[], times: Times): void {
  const now = database.now();
  const endingOf = new Map(endings.toReversed().map((ending) => [ending.hold.deliveryId, ending]));
  const holds = endings.map(({ hold }) => hold);
  for (const row of named(database, holds)) {
    const ending = endingOf.get(row.deliveryId);
    const isOver = row.state === "unknown" && row.holdUntil !== null && row.holdUntil < now;
    if (!ending || !isOver || row.attemptNo !== ending.hold.attemptNo) continue;
    const { state, code } = ending.end;
    const isEnd = state !== "retrying";
    change(database, row, {
      state,
      code,
      holdUntil: null,
      lookAt: null,
      lookNo: 0,
      dueAt: isEnd ? row.dueAt : Math.min(row.expiresAt, now),
      ringAt: isEnd ? null : now + times.silentAfter,
      settledAt: isEnd ? now : null,
    });
  }
}
