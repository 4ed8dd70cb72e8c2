import type { OldRow, OldRows } from "../../../src/db/purge.ts";
import { RESTING_STATES, type DeliveryState } from "../../../src/domain/delivery.ts";
import type { Retained } from "../../../src/domain/retention.ts";
import { key, siblingsOf, type DeliveryRow, type MemoryDatabase } from "./tables.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

type Columns = readonly [column: string, field: string][];

const COLUMNS = {
  deliveries: [
    ["enterprise_id", "enterpriseId"],
    ["delivery_id", "deliveryId"],
  ],
  data: [
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
} as const satisfies Record<Retained, Columns>;

const TIMES = {
  deliveries: "acceptedAt",
  data: "acceptedAt",
  attempts: "startedAt",
  logs: "notifyTime",
  logs_failure: "notifyTime",
  receipts: "receivedAt",
  reconciliations: "concludedAt",
  gateway_changes: "changedAt",
  inbound: "receivedAt",
} as const satisfies Record<Retained, string>;

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
  const columns: Columns = COLUMNS[what];
  const keyOf = (row: AnyRow, index: 0 | 1) => key(...columns.map((pair) => row[pair[index]] as string | number));
  const wanted = new Set(rows.map((row) => keyOf(row, 0)));
  const table = tableOf(database, what) as Map<string, AnyRow>;
  const found = [...table].filter(([, row]) => wanted.has(keyOf(row, 1)) && isMeant(what, row));
  for (const [tableKey, row] of found) {
    if (what === "data") row["data"] = null;
    else table.delete(tableKey);
    if (what === "deliveries") forget(database, row as DeliveryRow);
  }
  return found.length;
}

function tableOf(database: MemoryDatabase, what: Retained): Map<string, object> {
  const {
    deliveries: data,
    failures: logs_failure,
    steps: reconciliations,
    gatewayChanges: gateway_changes,
  } = database;
  return { ...database, data, logs_failure, reconciliations, gateway_changes }[what];
}

/** What is being worked on is neither removed nor changed. */
function isMeant(what: Retained, row: AnyRow): boolean {
  if (what !== "deliveries" && what !== "data") return true;
  const resting: readonly DeliveryState[] = RESTING_STATES;
  return (
    resting.includes(row["state"] as DeliveryState) &&
    row["ringAt"] === null &&
    (what !== "data" || row["data"] !== null)
  );
}

function forget(database: MemoryDatabase, row: DeliveryRow): void {
  const siblings = siblingsOf(database, row);
  if (siblings.includes(row)) siblings.splice(siblings.indexOf(row), 1);
  database.updateKeys.delete(key(row.enterpriseId, row.updateKey, row.position));
  database.idempotencyKeys.delete(key(row.enterpriseId, row.idempotencyHash, row.position));
}
