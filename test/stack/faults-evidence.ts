import type { AttemptRow, DeliveryRow, Evidence } from "../../dev/faults/checker/evidence.ts";
import type { HistoryEntry, Purpose } from "../../dev/faults/history.ts";
import type { LedgerEntry } from "../../dev/sandbox/options.ts";

/** What was witnessed of one update that went well: posted, sent by SMS, delivered. */
export function cleanEvidence(): Evidence {
  const delivery = deliveryRow();
  return {
    history: [...posted(1, "fresh", accepted())],
    ledger: [ledgerEntry()],
    tables: {
      deliveries: [delivery],
      attempts: [attemptRow()],
      logs: [{ attempt_id: "att_1", delivery_id: "dlv_1", provider_id: "SM1" }],
      failures: [],
      receipts: [{ attempt_id: "att_1", event_id: "SM1 delivered", provider_id: "SM1" }],
      reconciliations: [],
      adapters: new Map([["gw_twilio", "twilio_sms"]]),
    },
    transitions: [
      { deliveryId: "dlv_1", from: "queued", to: "sent" },
      { deliveryId: "dlv_1", from: "sent", to: "delivered" },
    ],
    samples: [
      { at: 500, states: {} },
      { at: 5_000, states: { delivered: 1 } },
    ],
    early: [],
    forged: [
      { kind: "unsigned", status: 403 },
      { kind: "other_tenant", status: 204 },
    ],
    tail: { updates: 1, deliveries: 1, delivered: 1, ms: 900 },
    ambiguous: 0,
    addresses: new Map([["shop", { phone: "+12025550100", email: "orders@shop.example" }]]),
    senders: new Map([["gw_twilio", "+15005550006"]]),
    canaries: ["+12025550100"],
    workerLog: '{"event":"batch"}',
  };
}

export function deliveryRow(changes: Partial<DeliveryRow> = {}): DeliveryRow {
  return {
    delivery_id: "dlv_1",
    enterprise_id: "shop",
    update_id: "upd_1",
    shipment_id: "SH-1",
    status: "shipped",
    occurred_at: "2026-11-23 08:00:05.000",
    channel_id: "ch_sms",
    gateway_id: "gw_twilio",
    state: "delivered",
    code: null,
    ring_at: null,
    ...changes,
  };
}

export function attemptRow(changes: Partial<AttemptRow> = {}): AttemptRow {
  const ids = { attempt_id: "att_1", enterprise_id: "shop", delivery_id: "dlv_1", gateway_id: "gw_twilio" };
  return { ...ids, attempt_no: 1, outcome: "accepted", provider_id: "SM1", ...changes };
}

export function ledgerEntry(changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    channel: "sms",
    to: "+12025550100",
    from: "+15005550006",
    subject: null,
    text: "Shipment ID SH-1 is shipped.",
    html: null,
    attempt: "att_1",
    time: "2026-11-23T08:00:06.000Z",
    id: "SM1",
    provider: "twilio",
    account: "AC1",
    status: "delivered",
    contentSid: null,
    contentVariables: null,
    ...changes,
  };
}

/** An operation of a client: its post, and the answer after a second. */
export function posted(op: number, purpose: Purpose, answer: ReturnType<typeof accepted> | null): HistoryEntry[] {
  const body = { enterprise_id: "shop", shipment_id: "SH-1", status: "shipped", timestamp: "2026-11-23 08:00:05" };
  const invoke: HistoryEntry = { type: "invoke", op, at: op * 1_000, purpose, body, key: null };
  return answer === null ? [invoke] : [invoke, { type: "ok", op, at: op * 1_000 + 1_000, worker: "a", answer }];
}

export function accepted() {
  return { status: 202, code: null as string | null, updateId: "upd_1", deliveryIds: ["dlv_1"], skipped: 0 };
}
