import type { LedgerEntry } from "./options.ts";

/** Every message that a provider has taken, in the order of acceptance. */
export type Ledger = {
  add: (entry: LedgerEntry) => void;
  /** Sets the status of the message's entries; `to` picks one recipient of a mail. */
  setStatus: (id: string, status: string, to?: string) => void;
  /** Copies, from index `since` on (counted from the last emptying). */
  entries: (since?: number) => LedgerEntry[];
  empty: () => void;
};

export function createLedger(onMessage: (entry: LedgerEntry) => void): Ledger {
  let all: LedgerEntry[] = [];
  const byId = new Map<string, LedgerEntry[]>();
  return {
    add: (entry) => {
      all.push(entry);
      byId.set(entry.id, [...(byId.get(entry.id) ?? []), entry]);
      onMessage({ ...entry });
    },
    setStatus: (id, status, to) => {
      for (const entry of byId.get(id) ?? []) {
        if (to === undefined || entry.to === to) entry.status = status;
      }
    },
    entries: (since = 0) => all.slice(since).map((entry) => ({ ...entry })),
    empty: () => {
      all = [];
      byId.clear();
    },
  };
}
