import type { LedgerEntry } from "../../sandbox/options.ts";
import type { HistoryEntry } from "../history.ts";
import type { ForgedAnswer } from "../load/forger.ts";

/** Rows as the database has them at the end, read over its own protocol. Instants are texts in UTC. */
export type DeliveryRow = {
  delivery_id: string;
  enterprise_id: string;
  update_id: string;
  shipment_id: string;
  status: string;
  occurred_at: string;
  channel_id: string | null;
  gateway_id: string | null;
  state: string;
  code: string | null;
  ring_at: string | null;
};

export type AttemptRow = {
  attempt_id: string;
  enterprise_id: string;
  delivery_id: string;
  attempt_no: number;
  gateway_id: string;
  outcome: string | null;
  provider_id: string | null;
};

export type LogRow = { attempt_id: string; delivery_id: string; provider_id: string | null };
export type FailureRow = { delivery_id: string; code: string };
export type ReceiptRow = { attempt_id: string; event_id: string; provider_id: string | null };
export type ReconciliationRow = { attempt_id: string; conclusion: string };

export type Tables = {
  deliveries: DeliveryRow[];
  attempts: AttemptRow[];
  logs: LogRow[];
  failures: FailureRow[];
  receipts: ReceiptRow[];
  reconciliations: ReconciliationRow[];
  /** Adapter by gateway. */
  adapters: ReadonlyMap<string, string>;
};

/** A change of a delivery that was seen between two looks at the database. */
export type Transition = { deliveryId: string; from: string; to: string };

/** How many rows there were of each state at one moment; `at`: before the look, ms since the epoch. */
export type Sample = { at: number; states: Readonly<Record<string, number>> };

/** All that was witnessed of a run. The service itself is asked nothing. */
export type Evidence = {
  history: readonly HistoryEntry[];
  ledger: readonly LedgerEntry[];
  tables: Tables;
  transitions: readonly Transition[];
  samples: readonly Sample[];
  /** Deliveries that were seen in the state `sent` without a row in `logs`: facts go first, states last. */
  early: readonly string[];
  forged: readonly ForgedAnswer[];
  /** Of the fresh updates after the last fault: how many deliveries were delivered, of how many, in how long (ms). */
  tail: { updates: number; deliveries: number; delivered: number; ms: number };
  /** How many attempts the faults may have left without an answer. */
  ambiguous: number;
  /** What each enterprise is reached at, and what each gateway sends from. */
  addresses: ReadonlyMap<string, { phone: string; email: string }>;
  senders: ReadonlyMap<string, string>;
  /** What may not stand in the Worker's log, and the log itself. */
  canaries: readonly string[];
  workerLog: string;
};

/** What one invariant came to. Each violation names ids. */
export type Verdict = {
  id: string;
  /** The production guarantee, in words. */
  guarantee: string;
  /** What was looked at, in numbers. */
  looked: string;
  violations: string[];
};
