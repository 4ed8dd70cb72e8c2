import { describe, expect, it } from "vitest";
import { checkAll } from "../../dev/faults/checker/check.ts";
import type { Evidence } from "../../dev/faults/checker/evidence.ts";
import { summary } from "../../dev/faults/report.ts";
import { accepted, attemptRow, cleanEvidence, deliveryRow, ledgerEntry, posted } from "./faults-evidence.ts";

/** Something wrong that was planted in what was witnessed, and the invariant that has to find it. */
type Planted = { id: string; what: string; plant: (clean: Evidence) => Partial<Evidence> };

/** Shorthands: the same evidence with other rows. */
const withTables = ({ tables }: Evidence, changes: Partial<Evidence["tables"]>) => ({
  tables: { ...tables, ...changes },
});

const second = { delivery_id: "dlv_2", update_id: "upd_2" };

const PLANTED: Planted[] = [
  { id: "I1", what: "an accepted update without rows", plant: (clean) => withTables(clean, { deliveries: [] }) },
  {
    id: "I1",
    what: "a row that never rests",
    plant: (clean) => withTables(clean, { deliveries: [deliveryRow({ state: "queued" })] }),
  },
  {
    id: "I1",
    what: "a skip whose reason was never logged",
    plant: (clean) =>
      withTables(clean, { deliveries: [deliveryRow(), deliveryRow({ ...second, state: "skipped", ring_at: "2026" })] }),
  },
  {
    id: "I2",
    what: "a repeat that became another update",
    plant: ({ history }) => ({ history: [...history, ...posted(2, "replay", { ...accepted(), updateId: "upd_2" })] }),
  },
  {
    id: "I2",
    what: "other content that was accepted",
    plant: ({ history }) => ({ history: [...history, ...posted(2, "changed", accepted())] }),
  },
  {
    id: "I2",
    what: "a repeat that was refused",
    plant: ({ history }) => ({
      history: [...history, ...posted(2, "replay", { ...accepted(), status: 404, code: "enterprise_not_found" })],
    }),
  },
  {
    id: "I2",
    what: "one update that is stored twice",
    plant: (clean) =>
      withTables(clean, { deliveries: [deliveryRow(), deliveryRow({ ...second, channel_id: "ch_email" })] }),
  },
  {
    id: "I3",
    what: "two acceptances of one delivery",
    plant: (clean) => ({
      ledger: [ledgerEntry(), ledgerEntry({ id: "SM2", attempt: "att_2" })],
      ...withTables(clean, {
        attempts: [attemptRow({ outcome: "refused" }), attemptRow({ attempt_id: "att_2", attempt_no: 2 })],
      }),
    }),
  },
  {
    id: "I3",
    what: "an acceptance without a committed intent",
    plant: ({ ledger }) => ({ ledger: [...ledger, ledgerEntry({ attempt: "att_9" })] }),
  },
  {
    id: "I3",
    what: "a second try after an answer that proved nothing",
    plant: (clean) =>
      withTables(clean, {
        attempts: [attemptRow({ attempt_id: "att_0", outcome: "ambiguous" }), attemptRow({ attempt_no: 2 })],
      }),
  },
  { id: "I4", what: "an acceptance without a log row", plant: (clean) => withTables(clean, { logs: [] }) },
  { id: "I4", what: "a state that went ahead of its fact", plant: () => ({ early: ["dlv_1"] }) },
  {
    id: "I4",
    what: "a failure without its reason",
    plant: (clean) =>
      withTables(clean, { deliveries: [deliveryRow(), deliveryRow({ ...second, state: "failed", code: "rejected" })] }),
  },
  { id: "I5", what: "a log row of what nobody took", plant: () => ({ ledger: [] }) },
  {
    id: "I6",
    what: "a state that moved back",
    plant: () => ({ transitions: [{ deliveryId: "dlv_1", from: "delivered", to: "sent" }] }),
  },
  {
    id: "I6",
    what: "an ending that the provider denies",
    plant: () => ({ ledger: [ledgerEntry({ status: "undelivered" })] }),
  },
  {
    id: "I7",
    what: "an older status after a newer one",
    plant: (clean) => ({
      ledger: [ledgerEntry(), ledgerEntry({ id: "SM2", attempt: "att_2" })],
      ...withTables(clean, {
        deliveries: [
          deliveryRow(),
          deliveryRow({ ...second, status: "packed", occurred_at: "2026-11-23 07:00:00.000" }),
        ],
        attempts: [attemptRow(), attemptRow({ attempt_id: "att_2", delivery_id: "dlv_2" })],
      }),
    }),
  },
  { id: "I8", what: "a row that was not there yet", plant: () => ({ samples: [{ at: 5_000, states: {} }] }) },
  {
    id: "I8",
    what: "a row that vanished",
    plant: () => ({
      samples: [
        { at: 5_000, states: { sent: 2 } },
        { at: 6_000, states: { sent: 1 } },
      ],
    }),
  },
  {
    id: "I9",
    what: "tries without end",
    plant: (clean) =>
      withTables(clean, {
        attempts: Array.from({ length: 50 }, (_, no) =>
          attemptRow(no === 49 ? { attempt_no: no } : { attempt_id: `att_x${no}`, attempt_no: no, outcome: "refused" }),
        ),
      }),
  },
  {
    id: "I10",
    what: "fresh updates that are not delivered",
    plant: ({ tail }) => ({ tail: { ...tail, delivered: 0, ms: 31_000 } }),
  },
  { id: "I11", what: "a message to somebody else", plant: () => ({ ledger: [ledgerEntry({ to: "+12025550199" })] }) },
  {
    id: "I11",
    what: "a message in another's name",
    plant: () => ({ ledger: [ledgerEntry({ from: "+15005550010" })] }),
  },
  {
    id: "I12",
    what: "a forged callback that was believed",
    plant: () => ({ forged: [{ kind: "unsigned", status: 204 }] }),
  },
  {
    id: "I12",
    what: "a receipt of another tenant",
    plant: (clean) =>
      withTables(clean, { receipts: [{ attempt_id: "att_1", event_id: "x", provider_id: "SMf0f0f0f012345678" }] }),
  },
  { id: "I13", what: "a phone number in the log", plant: () => ({ workerLog: "to +12025550100" }) },
  {
    id: "held",
    what: "a delivery that is held although no fault was ambiguous",
    plant: (clean) => ({
      ledger: [],
      ...withTables(clean, {
        deliveries: [deliveryRow({ state: "unconfirmed", code: "unconfirmed" })],
        attempts: [attemptRow({ outcome: "ambiguous" })],
        logs: [],
        failures: [{ delivery_id: "dlv_1", code: "unconfirmed" }],
      }),
    }),
  },
];

const broken = (evidence: Evidence) => checkAll(evidence).filter(({ violations }) => violations.length > 0);

describe("the checker", () => {
  it("finds nothing in a run that went well", () => {
    expect(broken(cleanEvidence())).toEqual([]);
  });

  it.each(PLANTED)("$id finds $what", ({ id, plant }) => {
    const clean = cleanEvidence();

    expect(broken({ ...clean, ...plant(clean) }).map((verdict) => verdict.id)).toContain(id);
  });

  it("adds up a run that went wrong", () => {
    const clean = cleanEvidence();
    const wrong = {
      ...clean,
      ledger: [ledgerEntry(), ledgerEntry({ id: "SM2" })],
      ...withTables(clean, { deliveries: [deliveryRow({ state: "sending" })], logs: [] }),
    };

    expect(summary(wrong, checkAll(wrong), [], 7)).toMatchObject({
      accepted: 1,
      acceptances: 2,
      lost: 1,
      duplicates: 1,
      unlogged: 2,
      outOfOrder: 0,
      held: 0,
      seed: 7,
    });
  });
});
