import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { acceptedOf, isAtRest } from "./checker/acceptance.ts";
import type { DeliveryRow, Evidence } from "./checker/evidence.ts";
import { TAIL_WITHIN_MS } from "./checker/surroundings.ts";
import { untilEnough } from "./enough.ts";
import { createHistory, type History } from "./history.ts";
import { ENTERPRISES, SENDERS } from "./load/enterprises.ts";
import { forge } from "./load/forger.ts";
import { createLoad } from "./load/load.ts";
import { changeSubscriptions, renewSubscriptions } from "./load/subscriptions.ts";
import { openDatabaseWitness, type DatabaseWitness } from "../rig/mariadb.ts";
import { createMonitor } from "./monitor.ts";
import { waitFor } from "./nemesis/context.ts";
import { runNemesis } from "./nemesis/nemesis.ts";
import type { Tally } from "./nemesis/tally.ts";
import type { FaultsOptions } from "./options.ts";
import { createRandom } from "./random.ts";
import type { Stage } from "./stage.ts";
import { TIMES } from "./times.ts";
import { canaries, readLedger, readTables, readWorkerLog } from "./witnesses.ts";

/** The clients wait while so many deliveries are unsent: a slow machine gets less load, not a mountain of it. */
const MOST_UNSENT = 500;

/** Faults begin when so many posts have been accepted. */
const BUSY_FROM = 50;

const TAIL_UPDATES = 100;

/** How long rows may take to come to rest after the last fault, in ms: the longest hold, and what a slow machine needs. */
const REST_WITHIN_MS = TIMES.hold + 60_000;

/** Plays load and faults, waits until everything rests, and gathers what was witnessed. `interrupted` ends it early. */
export async function play(
  stage: Stage,
  options: FaultsOptions,
  parts: { tally: Tally; say: (line: string) => void; interrupted: AbortSignal },
): Promise<Evidence> {
  const { tally, say, interrupted } = parts;
  const { seed } = options;
  const database = openDatabaseWitness(stage.mariadb.address);
  const watching = openDatabaseWitness(stage.mariadb.address);
  const history = createHistory(join(stage.folder, "history.jsonl"));
  const monitor = createMonitor(watching);
  const ending = new AbortController();
  const ended = AbortSignal.any([ending.signal, interrupted]);
  const background = Promise.all([
    monitor.run(ended),
    countBells(stage, ended),
    progress(history, monitor.states, say, ended),
    ...stage.workers.map((worker) => worker.keepRinging(ended)),
  ]);
  try {
    const enough = new AbortController();
    const harm = AbortSignal.any([enough.signal, interrupted]);
    void untilEnough(options, { tally, history, interrupted }).then(() => enough.abort());
    const load = createLoad({
      workers: stage.workers,
      apiKey: stage.apiKey,
      history,
      seed,
      signal: interrupted,
      isBehind: () => monitor.unsent() > MOST_UNSENT,
    });
    const loading = load.run(harm);
    const forging = forge({
      publicUrl: stage.publicUrl,
      database: watching,
      random: createRandom(seed, "forger"),
      signal: harm,
    });
    const changing = changeSubscriptions(watching, createRandom(seed, "subscriptions"), harm);
    // What strikes a service that has nothing to do shows nothing.
    await waitFor(async () => harm.aborted || acceptedOf(history.entries()).length > BUSY_FROM, 30_000);
    await runNemesis({ stage, database, tally, kinds: options.kinds, until: harm, seed });
    const [, forged] = await Promise.all([loading, forging, changing]);
    interrupted.throwIfAborted();

    say("No more faults. Fresh updates now:");
    await renewSubscriptions(database);
    const tail = await playTail(load, history, database);
    say(`${tail.delivered} of ${tail.deliveries} deliveries delivered after ${(tail.ms / 1000).toFixed(1)} s`);
    await untilAllRest(database, interrupted);
    ending.abort();
    await background;
    for (const worker of stage.workers) await worker.kill();
    return {
      history: history.entries(),
      ledger: await readLedger(stage),
      tables: await readTables(database),
      transitions: monitor.transitions(),
      samples: monitor.samples(),
      early: monitor.early(),
      forged,
      tail,
      ambiguous: tally.strikes().reduce((sum, strike) => sum + strike.ambiguous, 0),
      addresses: new Map(ENTERPRISES.map(({ enterpriseId, phone, email }) => [enterpriseId, { phone, email }])),
      senders: SENDERS,
      canaries: canaries(stage),
      workerLog: readWorkerLog(stage),
    };
  } finally {
    ending.abort();
    await history.close();
    await database.close();
    await watching.close();
  }
}

async function playTail(
  load: ReturnType<typeof createLoad>,
  history: History,
  database: DatabaseWitness,
): Promise<Evidence["tail"]> {
  const start = performance.now();
  await load.tail(TAIL_UPDATES, 20);
  const accepted = acceptedOf(history.entries()).filter(({ purpose }) => purpose === "tail");
  const ids = accepted.flatMap(({ answer }) => answer.deliveryIds);
  for (;;) {
    const rows = await database.query<{ delivered: number | bigint }>(
      "SELECT COUNT(*) AS delivered FROM deliveries WHERE state = 'delivered' AND delivery_id IN (?)",
      [ids],
    );
    const delivered = Number(rows[0]?.delivered ?? 0);
    const ms = performance.now() - start;
    if (delivered === ids.length || ms > TAIL_WITHIN_MS) {
      return { updates: accepted.length, deliveries: ids.length, delivered, ms };
    }
    await pause(100);
  }
}

/** What has not come to rest in time is for the checker to find. */
async function untilAllRest(database: DatabaseWitness, interrupted: AbortSignal): Promise<void> {
  const end = Date.now() + REST_WITHIN_MS;
  while (Date.now() < end) {
    interrupted.throwIfAborted();
    const rows = await database.query<DeliveryRow>("SELECT state, ring_at FROM deliveries");
    if (rows.every(isAtRest)) return;
    await pause(500);
  }
}

async function countBells({ workers }: Stage, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await Promise.all(workers.map((worker) => worker.countBells()));
    await pause(300);
  }
}

async function progress(
  history: History,
  states: () => Readonly<Record<string, number>>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(5_000, undefined, { signal }).catch(() => undefined);
    const accepted = new Set(acceptedOf(history.entries()).map(({ updateId }) => updateId)).size;
    const counts = Object.entries(states()).map(([state, count]) => `${state} ${count}`);
    say(`${accepted} accepted; ${counts.join(", ")}`);
  }
}
