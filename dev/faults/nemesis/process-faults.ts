import { setTimeout as pause } from "node:timers/promises";
import { pauseBounds, TIMES } from "../times.ts";
import type { Workerd } from "../workerd.ts";
import { countOpenAttempts, waitFor, type NemesisContext } from "./context.ts";
import type { FaultKind } from "./fault-kinds.ts";

/** How long to lie in wait for an attempt that is open, in ms. Then it is done all the same. */
const HUNT_MS = 3_000;

/** A frozen process is watched for so long before it counts that its attempts are really stuck, in ms. */
const STUCK_AFTER_MS = 150;

type ProcessFault = { kind: FaultKind; run: (context: NemesisContext) => Promise<void> };

/** Kills and freezes, one at a time, each when it hurts most: while an attempt is open. */
export async function runProcessFaults(context: NemesisContext): Promise<void> {
  const wanted = deck(context);
  for (let next = 0; wanted.length > 0 && !context.until.aborted; next += 1) {
    await wanted[next % wanted.length]?.run(context);
    await pause(context.random.whole(300, 1_200));
  }
}

/** One of each kind first, so that a short run has them all; then kills and freezes in any order. */
function deck({ stage, random, kinds }: NemesisContext): ProcessFault[] {
  const [a, b] = stage.workers;
  const killWorkerd = (worker: Workerd): ProcessFault => ({ kind: "kill workerd", run: (to) => kill(worker, to) });
  const freezeWorkerd = (worker: Workerd): ProcessFault => ({ kind: "pause workerd", run: (to) => freeze(worker, to) });
  const killDatabase: ProcessFault = { kind: "kill mariadbd", run: killMariadb };
  const freezeDatabase: ProcessFault = { kind: "pause mariadbd", run: freezeMariadb };
  const first = random.shuffle([killWorkerd(a), freezeWorkerd(b), killDatabase, freezeDatabase]);
  const later = random.shuffle([killWorkerd(a), killWorkerd(b), killWorkerd(b), freezeWorkerd(a)]);
  return [...first, ...later].filter(({ kind }) => kinds.has(kind));
}

async function kill(worker: Workerd, { database, random, tally }: NemesisContext): Promise<void> {
  await waitFor(async () => (await countOpenAttempts(database)) > 0, HUNT_MS);
  await worker.countBells();
  const from = Date.now();
  await worker.kill();
  const open = await countOpenAttempts(database);
  // Mostly back at once; sometimes away for longer than its leases, so that others have to take them up.
  await pause(random.happens(0.25) ? TIMES.lease + 500 : random.whole(100, 1_200));
  await worker.start();
  tally.add({ kind: "kill workerd", target: worker.name, from, to: Date.now(), struck: 1, ambiguous: open, open });
}

async function killMariadb({ stage, database, random, tally }: NemesisContext): Promise<void> {
  await waitFor(async () => (await countOpenAttempts(database)) > 0, HUNT_MS);
  const from = Date.now();
  await stage.mariadb.kill();
  await pause(random.whole(100, 1_500));
  await stage.mariadb.restart();
  const open = await countOpenAttempts(database);
  tally.add({ kind: "kill mariadbd", target: "mariadbd", from, to: Date.now(), struck: 1, ambiguous: open, open });
}

/** Freezes again and again for a moment, until an attempt is caught in it; then for longer than its lease. */
async function freeze(worker: Workerd, { database, random, tally }: NemesisContext): Promise<void> {
  const length = freezeLength(random.next());
  const giveUpAt = Date.now() + HUNT_MS;
  for (;;) {
    const from = Date.now();
    worker.freeze();
    try {
      await pause(STUCK_AFTER_MS);
      const open = await countOpenAttempts(database, STUCK_AFTER_MS);
      if (open > 0 || from > giveUpAt) {
        await pause(from + length - Date.now());
        tally.add({
          kind: "pause workerd",
          target: worker.name,
          from,
          to: Date.now(),
          struck: 1,
          ambiguous: open,
          open,
        });
        return;
      }
    } finally {
      worker.thaw();
    }
    await pause(random.whole(20, 150));
  }
}

async function freezeMariadb({ stage, database, random, tally }: NemesisContext): Promise<void> {
  const length = freezeLength(random.next());
  await waitFor(async () => (await countOpenAttempts(database)) > 0, HUNT_MS);
  const from = Date.now();
  stage.mariadb.freeze();
  try {
    await pause(length);
  } finally {
    stage.mariadb.thaw();
  }
  const to = Date.now();
  const open = await countOpenThroughout(database, from, to);
  tally.add({ kind: "pause mariadbd", target: "mariadbd", from, to, struck: 1, ambiguous: open, open });
}

/** In the lower half of what is allowed, so that a busy machine does not carry it past the end. */
function freezeLength(random: number): number {
  const { least, most } = pauseBounds(TIMES);
  return least + (random * (most - least)) / 2;
}

/** Attempts that began before and were not told of until after. */
async function countOpenThroughout(database: NemesisContext["database"], from: number, to: number): Promise<number> {
  const instant = (ms: number) => new Date(ms).toISOString().slice(0, 23).replace("T", " ");
  const rows = await database.query<{ open: number | bigint }>(
    "SELECT COUNT(*) AS open FROM attempts WHERE started_at BETWEEN ? AND ? AND (ended_at IS NULL OR ended_at >= ?)",
    [instant(from - 60_000), instant(from), instant(to)],
  );
  return Number(rows[0]?.open ?? 0);
}
