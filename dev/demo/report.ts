import { nameOf, rowsOf, type Evidence, type Problem } from "./check.ts";
import type { DeliveryRow, Tables } from "./tables.ts";

/** The demo's last line, counted from the ledger and the tables. */
export type Totals = {
  /** Updates that were answered 202, repeats left out, and have rows. */
  accepted: number;
  /** Messages that the providers took. */
  sent: number;
  delivered: number;
  /** Failed, undelivered and unconfirmed. */
  failed: number;
  skipped: number;
  /** From the start of the program. */
  seconds: number;
};

export function countTotals({ posted, tables, ledger }: Evidence, seconds: number): Totals {
  const inState = (...states: string[]) => tables.deliveries.filter((row) => states.includes(row.state)).length;
  const accepted = posted.filter((one) => one.answer.status === 202 && rowsOf(one, tables).length > 0);
  return {
    accepted: accepted.length,
    sent: ledger.length,
    delivered: inState("delivered"),
    failed: inState("failed", "undelivered", "unconfirmed"),
    skipped: inState("skipped"),
    seconds,
  };
}

/** The whole report as text: the day, one update in full, every failure, the problems. */
export function writeReport(evidence: Evidence, problems: Problem[]): string {
  return [
    heading("The day: every post, and what became of it"),
    writeDay(evidence),
    heading("One update in full: its messages in the providers' ledger, and its rows in `logs`"),
    writeOne(evidence),
    heading("Everything in `logs_failure`"),
    writeFailures(evidence.tables),
    ...(problems.length > 0 ? [heading("NOT AS EXPECTED"), writeProblems(problems)] : []),
  ].join("\n");
}

function writeDay(evidence: Evidence): string {
  const head = ["posted", "answer", "outcome", "shows"];
  return writeTable([
    head,
    ...evidence.posted.map((one) => [
      `${one.update.time} ${nameOf(one.update)}`,
      `${one.answer.status}${one.answer.replayed ? " replay" : ""}`,
      writeOutcomes(rowsOf(one, evidence.tables), evidence.tables) || (one.answer.body.code ?? "nothing added"),
      one.update.shows,
    ]),
  ]);
}

/** `Email, SMS delivered · Whatsapp skipped (no_address)`. */
function writeOutcomes(rows: DeliveryRow[], { logsFailure, attempts }: Tables): string {
  const channelsBy = Map.groupBy(rows, (row) => {
    const failure = logsFailure.find((one) => one.deliveryId === row.deliveryId);
    const why = [row.code === row.state ? null : row.code, failure?.providerCode].filter(Boolean).join(" ");
    const tries = attempts.filter((one) => one.deliveryId === row.deliveryId).length;
    const again = tries > 1 ? ` at attempt ${tries} by ${row.gateway}` : "";
    return `${row.state}${why === "" ? "" : ` (${why})`}${again}`;
  });
  return [...channelsBy]
    .map(([outcome, ofOutcome]) => `${ofOutcome.map((row) => row.channel || "all").join(", ")} ${outcome}`)
    .join(" · ");
}

function writeOne({ posted, tables, ledger }: Evidence): string {
  const first = posted[0];
  const ids = new Set((first ? rowsOf(first, tables) : []).map((row) => row.deliveryId));
  const rows = tables.logs.filter((log) => ids.has(log.deliveryId));
  const attempts = new Set(rows.map((row) => row.attemptId));
  const messages = ledger.filter((entry) => attempts.has(entry.attempt ?? ""));
  return [
    writeTable([
      ["ledger", "to", "status", "subject", "text"],
      ...messages.map(({ channel, to, status, subject, text }) => [channel, to, status, subject ?? "", text ?? ""]),
    ]),
    "",
    writeTable([
      ["logs: shipment_id", "status", "enterprise_id", "timestamp", "channel", "gateway", "notify_time", "provider_id"],
      ...rows.map(({ shipmentId, status, enterpriseId, timestamp, channel, gateway, notifyTime, providerId }) => [
        shipmentId,
        status,
        enterpriseId,
        writeInstant(timestamp),
        channel,
        gateway,
        writeInstant(notifyTime),
        providerId ?? "",
      ]),
    ]),
  ].join("\n");
}

function writeFailures({ logsFailure }: Tables): string {
  return writeTable([
    ["enterprise_id", "shipment_id", "status", "channel", "gateway", "code", "provider", "message"],
    ...logsFailure.map(({ enterpriseId, shipmentId, status, channel, gateway, code, providerCode, message }) => [
      enterpriseId,
      shipmentId,
      status,
      channel,
      gateway,
      code,
      providerCode ?? "",
      message,
    ]),
  ]);
}

function writeProblems(problems: Problem[]): string {
  return problems
    .map(
      ({ where, expected, seen }) => `✗ ${where}\n    expected ${expected || "none"}\n    seen     ${seen || "none"}`,
    )
    .join("\n");
}

function writeInstant(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").slice(0, 19);
}

function heading(text: string): string {
  return `\n${text}\n${"─".repeat([...text].length)}`;
}

/** Columns as wide as their widest text; the first row is the head. */
function writeTable(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  const pad = (text: string, width: number) => text + " ".repeat(Math.max(0, width - [...text].length));
  return rows
    .map((row) =>
      row
        .map((text, column) => pad(text, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
