import type { ContentPortion, ContentRow } from "../../../src/db/blanking.ts";
import type { OldRow, OldRows } from "../../../src/db/purge.ts";
import { RESTING_STATES, type DeliveryState } from "../../../src/domain/delivery.ts";
import type { BlankingRound, Removed, Retained } from "../../../src/domain/retention.ts";
import { key, siblingsOf, type DeliveryRow, type MemoryDatabase } from "./tables.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

type Columns = readonly [column: string, field: string][];

const COLUMNS = {
  deliveries: [
    ["enterprise_id", "enterpriseId"],
    ["delivery_id", "deliveryId"],
  ],
  attempts: [
    ["enterprise_id", "enterpriseId"],
    ["attempt_id", "attemptId"],
  ],
  logs: [
    ["enterprise_id", "enterpriseId"],
    ["attempt_id", "attemptId"],
  ],
  logs_failure: [
    ["enterprise_id", "enterpriseId"],
    ["delivery_id", "deliveryId"],
    ["attempt_no", "attemptNo"],
    ["code", "code"],
  ],
  receipts: [
    ["enterprise_id", "enterpriseId"],
    ["attempt_id", "attemptId"],
    ["event_id", "eventId"],
  ],
  reconciliations: [
    ["enterprise_id", "enterpriseId"],
    ["delivery_id", "deliveryId"],
    ["attempt_id", "attemptId"],
    ["step_no", "stepNo"],
  ],
  gateway_changes: [["change_id", "changeId"]],
  inbound: [["message_id", "messageId"]],
} as const satisfies Record<Removed, Columns>;

const TIMES = {
  deliveries: "acceptedAt",
  attempts: "startedAt",
  logs: "notifyTime",
  logs_failure: "notifyTime",
  receipts: "receivedAt",
  reconciliations: "concludedAt",
  gateway_changes: "changedAt",
  inbound: "receivedAt",
} as const satisfies Record<Removed, string>;

type AnyRow = Record<string, unknown>;

/** Plays src/db/purge.ts. That ids begin with their time only shortens the way there, so it is left out here. */
export function findOld(database: MemoryDatabase, { what, retention, limit }: OldRows): OldRow[] {
  const before = database.now() - retention[what] * DAY_MS;
  const time = TIMES[what];
  const columns: Columns = COLUMNS[what];
  return [...(tableOf(database, what).values() as Iterable<AnyRow>)]
    .filter((row) => Number(row[time]) < before && isMeant(what, row))
    .toSorted((a, b) => Number(a[time]) - Number(b[time]))
    .slice(0, limit)
    .map((row) => Object.fromEntries(columns.map(([column, field]) => [column, row[field] as string | number])));
}

export function removeOld(database: MemoryDatabase, what: Retained, rows: OldRow[]): number {
  if (what === "data") return blankContent(database, rows);
  const columns: Columns = COLUMNS[what];
  const keyOf = (row: AnyRow, index: 0 | 1) => key(...columns.map((pair) => row[pair[index]] as string | number));
  const wanted = new Set(rows.map((row) => keyOf(row, 0)));
  const table = tableOf(database, what) as Map<string, AnyRow>;
  const found = [...table].filter(([, row]) => wanted.has(keyOf(row, 1)) && isMeant(what, row));
  for (const [tableKey, row] of found) {
    table.delete(tableKey);
    if (what === "deliveries") forget(database, row as DeliveryRow);
  }
  return found.length;
}

function tableOf(database: MemoryDatabase, what: Removed): Map<string, object> {
  const { failures: logs_failure, steps: reconciliations, gatewayChanges: gateway_changes } = database;
  return { ...database, logs_failure, reconciliations, gateway_changes }[what];
}

/** What is being worked on is neither removed nor changed. */
function isMeant(what: Removed, row: AnyRow): boolean {
  return what !== "deliveries" || isAtRest(row as DeliveryRow);
}

function isAtRest({ state, ringAt }: DeliveryRow): boolean {
  const resting: readonly DeliveryState[] = RESTING_STATES;
  return resting.includes(state) && ringAt === null;
}

/** Plays src/db/blanking.ts. */
export function readContent(database: MemoryDatabase, { after, before, days, limit }: ContentPortion): ContentRow[] {
  const read = [...database.deliveries.values()]
    .filter(({ deliveryId }) => deliveryId > after && deliveryId < before)
    .toSorted((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1))
    .slice(0, limit);
  const oldest = database.now() - days * DAY_MS;
  const isDue = (row: DeliveryRow) => row.data !== null && row.acceptedAt < oldest && isAtRest(row);
  return read.map((row) => ({
    enterprise_id: row.enterpriseId,
    delivery_id: row.deliveryId,
    due: Number(isDue(row)),
  }));
}

function blankContent(database: MemoryDatabase, rows: OldRow[]): number {
  const found = rows
    .map((row) => database.deliveries.get(String(row["delivery_id"])))
    .filter((row) => row !== undefined && row.data !== null && isAtRest(row));
  for (const row of found) if (row) row.data = null;
  return found.length;
}

export function writeMark(database: MemoryDatabase, round: BlankingRound, reached: string): void {
  database.blankingMarks.set(round, reached);
}

function forget(database: MemoryDatabase, row: DeliveryRow): void {
  const siblings = siblingsOf(database, row);
  if (siblings.includes(row)) siblings.splice(siblings.indexOf(row), 1);
  database.updateKeys.delete(key(row.enterpriseId, row.updateKey, row.position));
  database.idempotencyKeys.delete(key(row.enterpriseId, row.idempotencyHash, row.position));
}
