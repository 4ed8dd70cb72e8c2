import { createWriteStream } from "node:fs";

/** An order update as a client posts it. */
export type UpdateBody = {
  enterprise_id: string;
  shipment_id: string;
  status: string;
  timestamp: string;
  data?: Record<string, unknown>;
};

/** Why a client posts: what it must be answered depends on it. */
export type Purpose = "fresh" | "series" | "replay" | "changed" | "tail";

/**
 * What one client saw, in the order in which it saw it. An operation begins with `invoke`; each try that came
 * to nothing sure is an `info` (it may have been accepted); `ok` is an answer and ends it.
 */
export type HistoryEntry =
  | { type: "invoke"; op: number; at: number; purpose: Purpose; body: UpdateBody; key: string | null }
  | { type: "info"; op: number; at: number; worker: string; why: string }
  | { type: "ok"; op: number; at: number; worker: string; answer: ClientAnswer };

export type ClientAnswer = {
  status: number;
  /** Of a problem. */
  code: string | null;
  updateId: string | null;
  deliveryIds: string[];
  skipped: number;
};

export type History = {
  add: (entry: HistoryEntry) => void;
  entries: () => readonly HistoryEntry[];
  close: () => Promise<void>;
};

/** Kept in memory for the checker, and as JSON lines in `file` for a post mortem. */
export function createHistory(file: string): History {
  const entries: HistoryEntry[] = [];
  const stream = createWriteStream(file, { mode: 0o600 });
  return {
    add: (entry) => {
      entries.push(entry);
      stream.write(`${JSON.stringify(entry)}\n`);
    },
    entries: () => entries,
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}
