import type { NewUpdate } from "../../../src/domain/new-update.ts";
import type { StoredDelivery } from "../../../src/domain/original.ts";
import type { Times } from "../../../src/domain/times.ts";
import type { UpdateKeys } from "../../../src/domain/update-keys.ts";
import { addTo, key, type DeliveryRow, type MemoryDatabase } from "./tables.ts";

/** Plays src/db/updates.ts: all rows or none, refused by either of the two unique keys. */
export function insertUpdates(
  database: MemoryDatabase,
  newUpdates: NewUpdate[],
  times: Times,
): "inserted" | "duplicate" {
  const rows = newUpdates.flatMap((newUpdate) =>
    newUpdate.deliveries.map((planned) => toRow(database.now(), newUpdate, planned, times)),
  );
  const keys = rows.flatMap((row) => [`update ${updateKeyOf(row)}`, ...keyed(row)]);
  const isDuplicate =
    new Set(keys).size < keys.length ||
    rows.some(
      (row) =>
        database.updateKeys.has(updateKeyOf(row)) ||
        (row.idempotencyHash !== null && database.idempotencyKeys.has(idempotencyKeyOf(row))),
    );
  if (isDuplicate) return "duplicate";
  for (const row of rows) addDelivery(database, row);
  return "inserted";
}

/** Puts a row into its table and its indexes. */
export function addDelivery(database: MemoryDatabase, row: DeliveryRow): void {
  database.deliveries.set(row.deliveryId, row);
  database.updateKeys.set(updateKeyOf(row), row);
  if (row.idempotencyHash !== null) database.idempotencyKeys.set(idempotencyKeyOf(row), row);
  if (row.channelId !== null) addTo(database.siblings, key(row.enterpriseId, row.shipmentId, row.channelId), row);
  for (const watch of database.watchers) watch(row, null);
}

function toRow(
  now: number,
  { updateId, update, keys, expiresAfterMs }: NewUpdate,
  { skip, ...planned }: NewUpdate["deliveries"][number],
  times: Times,
): DeliveryRow {
  return {
    ...keys,
    ...planned,
    updateId,
    enterpriseId: update.enterpriseId,
    shipmentId: update.shipmentId,
    status: update.status,
    occurredAt: update.occurredAt,
    timestampText: update.timestampText,
    data: update.data,
    isTest: false,
    state: skip === null ? "queued" : "skipped",
    code: skip,
    attemptNo: 0,
    leaseToken: null,
    leaseUntil: null,
    holdUntil: null,
    lookAt: null,
    lookNo: 0,
    redrivenNo: 0,
    dueAt: now,
    ringAt: now + times.silentAfter,
    ringNo: 0,
    acceptedAt: now,
    expiresAt: now + expiresAfterMs,
    settledAt: skip === null ? null : now,
  };
}

/** Plays src/db/originals.ts. */
export function findOriginals(
  database: MemoryDatabase,
  asked: { update: { enterpriseId: string }; keys: UpdateKeys }[],
): StoredDelivery[] {
  const rows = new Set(asked.flatMap(({ update, keys }) => [...sharing(database, update.enterpriseId, keys)]));
  return [...rows]
    .toSorted((a, b) => a.position - b.position)
    .map((row) => ({
      enterpriseId: row.enterpriseId,
      updateId: row.updateId,
      deliveryId: row.deliveryId,
      updateKey: row.updateKey,
      idempotencyHash: row.idempotencyHash,
      fingerprint: row.fingerprint,
      channelId: row.channelId,
      channel: row.channel,
      gatewayId: row.gatewayId,
      gateway: row.gateway,
      state: row.state,
      code: row.code,
    }));
}

function sharing(database: MemoryDatabase, enterpriseId: string, keys: UpdateKeys): Set<DeliveryRow> {
  const rows = new Set<DeliveryRow>();
  for (let position = 0; ; position++) {
    const byUpdate = database.updateKeys.get(key(enterpriseId, keys.updateKey, position));
    const byIdempotency =
      keys.idempotencyHash === null
        ? undefined
        : database.idempotencyKeys.get(key(enterpriseId, keys.idempotencyHash, position));
    if (byUpdate) rows.add(byUpdate);
    if (byIdempotency) rows.add(byIdempotency);
    // Positions of one update are counted from 0 without gaps.
    if (!byUpdate && !byIdempotency) break;
  }
  return rows;
}

function keyed(row: DeliveryRow): string[] {
  return row.idempotencyHash === null ? [] : [`key ${idempotencyKeyOf(row)}`];
}

function updateKeyOf(row: DeliveryRow): string {
  return key(row.enterpriseId, row.updateKey, row.position);
}

function idempotencyKeyOf(row: DeliveryRow): string {
  return key(row.enterpriseId, row.idempotencyHash, row.position);
}
