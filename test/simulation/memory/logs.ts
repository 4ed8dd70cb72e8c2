import type { AcceptedEntry, FailureEntry } from "../../../src/db/logs.ts";
import { sentence } from "../../../src/domain/sentence.ts";
import { key, type MemoryDatabase } from "./tables.ts";

/** Plays src/db/logs.ts: sets, in which a repeated entry changes nothing but a provider's id that was missing. */
export function insertLogs(database: MemoryDatabase, entries: AcceptedEntry[]): void {
  for (const { occurredAt, ...entry } of entries) {
    const entryKey = key(entry.enterpriseId, entry.attemptId);
    const known = database.logs.get(entryKey);
    if (known) known.providerId ??= entry.providerId;
    else database.logs.set(entryKey, { ...entry, isTest: false, timestamp: occurredAt, notifyTime: database.now() });
  }
}

export function insertFailures(database: MemoryDatabase, entries: FailureEntry[]): void {
  for (const { occurredAt, message, ...entry } of entries) {
    const entryKey = key(entry.enterpriseId, entry.deliveryId, entry.attemptNo, entry.code);
    if (database.failures.has(entryKey)) continue;
    const row = { ...entry, isTest: false, message: sentence(message), timestamp: occurredAt };
    database.failures.set(entryKey, { ...row, notifyTime: database.now() });
  }
}
