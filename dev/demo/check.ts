import type { Fault } from "../sandbox/fault.ts";
import type { LedgerEntry } from "../sandbox/options.ts";
import { bodyOf, type DemoUpdate } from "./demo-update.ts";
import type { Ending } from "./endings.ts";
import type { Posted } from "./play.ts";
import type { DeliveryRow, Tables } from "./tables.ts";

/** What was not as it should be. */
export type Problem = { where: string; expected: string; seen: string };

/** All that was seen of the day. */
export type Evidence = {
  /** `YYYY-MM-DD` */
  day: string;
  posted: Posted[];
  tables: Tables;
  ledger: LedgerEntry[];
  /** Faults that struck nothing. */
  faultsLeft: Fault[];
};

/** Compares every answer, row and message with what the day expects. */
export function findProblems(evidence: Evidence): Problem[] {
  return [
    ...evidence.posted.flatMap((one) => [...checkAnswer(one, evidence), ...checkRows(one, evidence)]),
    ...checkInvariants(evidence),
  ];
}

/** The rows that an update has added; a repeat, or one that was refused before any row, has none. */
export function rowsOf({ update, answer }: Posted, { deliveries }: Tables): DeliveryRow[] {
  const updateId = answer.body.update_id;
  if (updateId === undefined || update.answer.replayed) return [];
  return deliveries.filter((row) => row.updateId === updateId);
}

/** Where an update stands, for people. */
export function nameOf({ enterprise, shipment, status }: DemoUpdate): string {
  return `${enterprise} ${shipment} ${status}`;
}

function checkAnswer({ update, answer }: Posted, { posted, day }: Evidence): Problem[] {
  const { status, code, replayed, pointers } = update.answer;
  const original = posted.find(
    (one) =>
      JSON.stringify(bodyOf(one.update, day)) === JSON.stringify(bodyOf(update, day)) && !one.update.answer.replayed,
  );
  const same = replayed ? original?.answer.body.update_id : undefined;
  const expected = { status, code, replayed: replayed === true, pointers, same };
  const seen = {
    status: answer.status,
    code: answer.body.code,
    replayed: answer.replayed,
    pointers: pointers && answer.body.errors?.map((error) => error.pointer).toSorted(),
    same: replayed ? answer.body.update_id : undefined,
  };
  return differ(`${nameOf(update)}: answer`, JSON.stringify(expected), JSON.stringify(seen));
}

function checkRows(posted: Posted, { tables }: Evidence): Problem[] {
  const rows = rowsOf(posted, tables);
  const expected = Object.entries(posted.update.endings);
  const where = nameOf(posted.update);
  const channels = (names: string[]) => names.toSorted().join(", ");
  return [
    ...differ(`${where}: channels`, channels(expected.map(([name]) => name)), channels(rows.map((row) => row.channel))),
    ...rows.flatMap((row) => {
      const ending = posted.update.endings[row.channel];
      const seen = describe(seenEnding(row, tables));
      return ending ? differ(`${where}: ${row.channel}`, describe({ gateway: row.gateway, ...ending }), seen) : [];
    }),
  ];
}

type SeenEnding = { [Key in keyof Ending]-?: unknown } & { logged?: string };

function seenEnding(row: DeliveryRow, tables: Tables): SeenEnding {
  const { enterpriseId, deliveryId } = row;
  const ofRow = (one: { enterpriseId: string; deliveryId: string }) =>
    one.enterpriseId === enterpriseId && one.deliveryId === deliveryId;
  const failures = tables.logsFailure.filter(ofRow);
  const attempts = tables.attempts.filter(ofRow).toSorted((a, b) => a.attemptNo - b.attemptNo);
  const logged = failures.map((failure) => failure.code).join("+");
  return {
    state: row.state,
    code: row.code,
    providerCode: failures[0]?.providerCode ?? null,
    attempts: attempts.map((attempt) => attempt.outcome),
    gateway: row.gateway,
    ...(logged === (row.code ?? "") ? {} : { logged }),
  };
}

/** One text for an ending; `logged` appears only where `logs_failure` does not hold exactly the row's code. */
function describe({ state, code, providerCode, attempts, gateway, ...rest }: Ending | SeenEnding): string {
  return JSON.stringify({ state, code, providerCode, attempts, gateway, ...rest });
}

/** What holds for every delivery and message, whatever was meant to become of it. */
function checkInvariants({ day, posted, tables, ledger, faultsLeft }: Evidence): Problem[] {
  const deliveryOf = new Map(tables.attempts.map((attempt) => [attempt.attemptId, attempt.deliveryId]));
  const rowById = new Map(tables.deliveries.map((row) => [row.deliveryId, row]));
  const taken = ledger.map((entry) => deliveryOf.get(entry.attempt ?? "") ?? "of no delivery");
  const twice = taken.filter((deliveryId, index) => taken.indexOf(deliveryId) !== index);
  const sorted = (ids: (string | null)[]) => ids.map(String).toSorted().join(" ");
  const expectedRows = posted.reduce((sum, { update }) => sum + Object.keys(update.endings).length, 0);
  const wrongTexts = ledger.filter((entry) => {
    const row = rowById.get(deliveryOf.get(entry.attempt ?? "") ?? "");
    const text = `Shipment ID ${row?.shipmentId} is ${row?.status}. Updated on ${row?.timestampText}`;
    return entry.text !== text || !row?.timestampText.startsWith(day) || /<left/.test(entry.html ?? "");
  });
  return [
    ...differ("deliveries that a provider took twice", "", twice.join(" ")),
    ...differ("messages that came after one of a newer status", "", findOvertaken(taken, rowById).join(" ")),
    ...differ(
      "attempts in `logs`: those in the ledger",
      sorted(ledger.map((entry) => entry.attempt)),
      sorted(tables.logs.map((log) => log.attemptId)),
    ),
    ...differ("faults that struck nothing", "", faultsLeft.map((fault) => fault.kind).join(" ")),
    ...differ("rows in `deliveries`", String(expectedRows), String(tables.deliveries.length)),
    ...differ("messages with another text than their update's", "", wrongTexts.map((entry) => entry.id).join(" ")),
  ];
}

/** Deliveries whose message was taken after that of a newer status of the same shipment and channel. */
function findOvertaken(taken: string[], rowById: Map<string, DeliveryRow>): string[] {
  const newest = new Map<string, number>();
  return taken.filter((deliveryId) => {
    const row = rowById.get(deliveryId);
    if (row === undefined) return false;
    const key = JSON.stringify([row.enterpriseId, row.shipmentId, row.channelId]);
    const before = newest.get(key) ?? 0;
    newest.set(key, Math.max(before, row.occurredAt));
    return row.occurredAt < before;
  });
}

function differ(where: string, expected: string, seen: string): Problem[] {
  return expected === seen ? [] : [{ where, expected, seen }];
}
