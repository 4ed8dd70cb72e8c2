import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findProblems, type Evidence } from "./demo/check.ts";
import type { DemoUpdate } from "./demo/demo-update.ts";
import { createService } from "./demo/service.ts";
import { playDay, prepare, type Playing } from "./demo/play.ts";
import { QUIET_UPDATES } from "./demo/quiet-updates.ts";
import { countTotals, writeReport } from "./demo/report.ts";
import { buildStage, type Stage } from "./demo/stage.ts";
import { hasEnded, openDemoDatabase } from "./demo/tables.ts";
import { TROUBLED_UPDATES } from "./demo/troubled-updates.ts";
import { until } from "./demo/until.ts";
import { runCommand } from "./local/run-command.ts";
import { untilSignal } from "./local/shutdown.ts";
import type { WorkerProcess } from "./local/worker.ts";

const HELP = `npm run demo: a day of order updates through the whole service, from POST to the providers and back, on this machine.

  MYSQL_URL=mysql://user@host:port/name   uses a database beside that one instead of a private MariaDB

It starts everything on free ports, so it runs beside npm run dev. It posts the day, waits until every delivery has ended,
compares all answers, rows and messages with what is expected, and prints them. The last line is JSON. Exit code: 0 if
everything is as expected, 1 if not; then the folder .cloud/demo-<pid> is kept.

Two rows are set back in time by SQL, and one subscription is switched off so; the output says which.`;

/** The whole demo may take this long, in ms. */
const DEADLINE_MS = 120_000;

await runCommand(async () => {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help === true) console.log(HELP);
  else await main();
});

async function main(): Promise<void> {
  const stopping = new AbortController();
  const late = AbortSignal.timeout(DEADLINE_MS);
  const signal = AbortSignal.any([stopping.signal, late]);
  void untilSignal().then(() => stopping.abort(new Error("Interrupted.")));

  const stage = await buildStage(say);
  let keep = true;
  try {
    const evidence = await runDay(stage, signal);
    const problems = findProblems(evidence);
    console.log(writeReport(evidence, problems));
    keep = problems.length > 0;
    if (keep) {
      process.exitCode = 1;
      console.log(`\nKept for a look: ${stage.place}`);
    }
    console.log(`\n${JSON.stringify(countTotals(evidence, Number(elapsed())))}`);
  } catch (error) {
    if (!stopping.signal.aborted) console.log(`Kept for a look: ${stage.place}`);
    throw late.aborted ? new Error(`The day was not posted within ${DEADLINE_MS / 1000} s.`, { cause: error }) : error;
  } finally {
    await stage.clear({ keep: keep && !stopping.signal.aborted });
  }
}

/** Seconds since the start of the program, with one decimal. */
function elapsed(): string {
  return (performance.now() / 1000).toFixed(1);
}

function say(line: string): void {
  console.log(`${elapsed().padStart(5)} s  ${line}`);
}

/** Plays the day and gathers what was seen of it. The Worker is stopped at the end, so that nothing moves any more. */
async function runDay({ cloud, worker }: Stage, signal: AbortSignal): Promise<Evidence> {
  const database = openDemoDatabase(cloud.bridge.url);
  const service = createService(worker.url, cloud, signal);
  const playing: Playing = { service, database, signal, say };
  await prepare(playing, cloud.bridge.url);
  const day = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10);
  const updates = [...QUIET_UPDATES, ...TROUBLED_UPDATES];
  say(`Posting ${updates.length} updates of ${day} to ${worker.url} …`);
  const posted = await playDay(updates, day, playing);

  const ringing = new AbortController();
  const cron = keepRinging(worker, ringing.signal);
  await everythingEnds(updates, playing);
  const faultsLeft = await service.faultsLeft();
  ringing.abort();
  await worker.stop();
  await cron;
  return { day, posted, faultsLeft, tables: await database.readTables(), ledger: cloud.sandbox.ledger() };
}

/** Rings the cron for as long as the Worker is wanted: one run sweeps for 55 s. */
async function keepRinging(worker: WorkerProcess, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await worker.ringCron().catch((error: unknown) => {
      if (!signal.aborted) console.error(`The cron could not be rung: ${String(error)}`);
    });
    if (!signal.aborted) await pause(1_000);
  }
}

/** Waits until every row that the day adds has ended. When time runs out, the report says what has not. */
async function everythingEnds(updates: DemoUpdate[], { database, signal }: Playing): Promise<void> {
  const expected = updates.reduce((sum, update) => sum + Object.keys(update.endings).length, 0);
  let saidAt = performance.now();
  const look = async () => {
    const rows = await database.readDeliveries();
    const waiting = rows.filter((row) => !hasEnded(row));
    const ended = rows.length - waiting.length;
    if (ended < expected && performance.now() - saidAt < 1_000) return undefined;
    saidAt = performance.now();
    const first = waiting.slice(0, 4).map((row) => `${row.enterpriseId} ${row.shipmentId} ${row.channel} ${row.state}`);
    say(`${ended} of ${expected} deliveries have ended${first.length > 0 ? `; waiting for ${first.join(", ")}` : ""}`);
    return ended >= expected ? true : undefined;
  };
  await until(look, signal).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
    say("Time is up.");
  });
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
