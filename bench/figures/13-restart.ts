import { setTimeout as pause } from "node:timers/promises";
import { findFreePort } from "../../dev/free-port.ts";
import { orderBells, whileHeard } from "../bells.ts";
import type { Bench } from "../context.ts";
import { whileCronRuns } from "../cron.ts";
import { figure } from "../figure.ts";
import { short } from "../report.ts";
import { ratePerSecond, untilSent, withLatency } from "../sends.ts";
import { clearTables, statesOf } from "../tables.ts";
import { freshPrefix, postUpdates, updates } from "../updates.ts";
import type { Service } from "../workerd.ts";

const PROVIDER_MS = 100;
const CHANNELS = 3;

const UPDATES = 3_334;
const QUICK_UPDATES = 667;

const LONGEST_MS = 60_000;

/** The last messages are recorded within this time after they were sent, in ms. */
const RECORDED_WITHIN_MS = 10_000;

export const restart = figure({
  number: 13,
  title: "10,000 messages accepted (--quick 2,000), every bell lost, all killed",
  goals: {
    undelivered: { what: "not delivered", kind: "count", unit: "", limit: { atMost: 0 } },
    twice: { what: "sent twice", kind: "count", unit: "", limit: { atMost: 0 } },
    drain: { what: "drained/s vs bells that are heard", kind: "wall", unit: "×", limit: { atLeast: 0.8 } },
  },
  measure: async (bench) => {
    const { stage } = bench;
    await clearTables(stage);
    const port = await findFreePort();
    const name = stage.mariadb.address.database;
    const before = await stage.startBridge(name, port);
    const vars = { DATABASE_URL: before.url };
    const first = await stage.startService(vars);

    return withLatency(stage, PROVIDER_MS, async () => {
      const normal = await drainNormally(bench, first);
      const prefix = await acceptAll(bench, first);
      // The broker has lost what was rung, and holds nothing: all else is killed.
      await Promise.all([first.stop(), before.stop(), stage.mariadb.kill()]);
      const killedAt = performance.timeOrigin + performance.now();
      await stage.mariadb.restart();
      const after = await stage.startBridge(name, port);
      const second = await stage.startService(vars);
      try {
        const lost = await whileHeard(stage, second, () => whileCronRuns(second, () => drain(bench, prefix)));
        return {
          values: {
            undelivered: [lost.unsent],
            twice: [lost.twice],
            drain: [lost.perSecond / normal.perSecond],
          },
          notes: [
            `heard: ${short(normal.perSecond)} messages/s; lost: ${short(lost.perSecond)} messages/s, the first ${short((lost.firstAt - killedAt) / 1000)} s after the end; provider at ${PROVIDER_MS} ms`,
          ],
        };
      } finally {
        await second.stop();
        await after.stop();
        await clearTables(stage);
      }
    });
  },
});

/** All bells are rung before the first is heard. */
async function drainNormally(bench: Bench, service: Service) {
  await orderBells(bench.stage, { bells: "held" });
  const prefix = await acceptAll(bench, service);
  return whileHeard(bench.stage, service, () => drain(bench, prefix));
}

async function acceptAll(bench: Bench, { url, pid }: Service): Promise<string> {
  const { templates, prefix } = updates("three", freshPrefix());
  const bodies = Array.from({ length: bench.quick ? QUICK_UPDATES : UPDATES }, (_, number) =>
    (templates[number % templates.length] ?? "").replaceAll("{id}", `${prefix}${number}`),
  );
  const order = { bodies: { kind: "listed" as const, bodies }, warmUpMs: 0, windowMs: LONGEST_MS };
  await bench.load(postUpdates(bench, { ...order, url: `${url}/`, cpuOf: { worker: pid } }));
  return prefix;
}

/** Waits until all has been sent and recorded. */
async function drain(bench: Bench, prefix: string) {
  const { stage, quick } = bench;
  const count = (quick ? QUICK_UPDATES : UPDATES) * CHANNELS;
  const sends = await untilSent(stage, prefix, count);
  const end = performance.now() + RECORDED_WITHIN_MS;
  let unsent = count;
  while (unsent > 0 && performance.now() < end) {
    await pause(100);
    unsent = count - ((await statesOf(stage, prefix)).get("sent") ?? 0);
  }
  return { perSecond: ratePerSecond(sends), unsent, twice: sends.twice, firstAt: sends.firstAt ?? Number.NaN };
}
