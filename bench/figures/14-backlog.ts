import { whileHeard } from "../bells.ts";
import type { Bench } from "../context.ts";
import { whileCronRuns } from "../cron.ts";
import { makeDueAtOnce } from "../due-at-once.ts";
import { figure } from "../figure.ts";
import { short } from "../report.ts";
import { acceptedOf, messagesOf, sendsOf, untilSent, withLatency } from "../sends.ts";
import { percentile } from "../statistics.ts";
import { clearTables } from "../tables.ts";
import { freshPrefix, postUpdates, updates } from "../updates.ts";
import type { Service } from "../workerd.ts";

const PROVIDER_MS = 100;

const BACKLOG = 50_000;

/** So many of the backlog have been sent before fresh traffic comes on top: it is under way by then. */
const UNDER_WAY = 500;

const FRESH_PER_SECOND = 20;

export const backlog = figure({
  number: 14,
  title: "50,000 messages due at once, fresh updates on top",
  goals: {
    p95: { what: "accept to sent, p95", kind: "wall", unit: "× idle", limit: { atMost: 2 } },
  },
  measure: async (bench) => {
    const { stage } = bench;
    await clearTables(stage);
    const service = await stage.startService();
    try {
      return await withLatency(stage, PROVIDER_MS, () =>
        whileHeard(stage, service, () =>
          whileCronRuns(service, async () => {
            const idle = await freshTraffic(bench, service);
            const prefix = freshPrefix();
            await makeDueAtOnce(stage, prefix, BACKLOG);
            await untilSent(stage, prefix, UNDER_WAY);
            const before = await sendsOf(stage, prefix);
            const began = performance.now();
            const busy = await freshTraffic(bench, service);
            const seconds = (performance.now() - began) / 1000;
            const { taken } = await sendsOf(stage, prefix);
            if (taken >= BACKLOG) throw new Error("The backlog was gone before the fresh traffic was.");
            return {
              values: { p95: [percentile(busy, 0.95) / percentile(idle, 0.95)] },
              notes: [
                `idle ${inWords(idle)}; with the backlog ${inWords(busy)}, which meanwhile drained at ${short((taken - before.taken) / seconds)} messages/s`,
              ],
            };
          }),
        ),
      );
    } finally {
      await service.stop();
      await clearTables(stage);
    }
  },
});

/** From the row's own acceptance to the provider's answer, of each message, in ms, ascending. */
async function freshTraffic(bench: Bench, { url, pid }: Service): Promise<number[]> {
  const { stage, quick } = bench;
  const bodies = updates("three");
  await bench.load(
    postUpdates(bench, {
      url: `${url}/`,
      bodies,
      pace: { kind: "open", perSecond: FRESH_PER_SECOND },
      windowMs: quick ? 4_000 : 10_000,
      cpuOf: { worker: pid },
    }),
  );
  await untilSent(stage, bodies.prefix, await acceptedOf(stage, bodies.prefix));
  const rows = await stage.database.query<{ shipment: string; acceptedAt: string }>(
    "SELECT DISTINCT shipment_id AS shipment, accepted_at AS acceptedAt FROM deliveries WHERE shipment_id LIKE ?",
    [`SH-${bodies.prefix}%`],
  );
  const acceptedAt = new Map(rows.map((row) => [row.shipment, Date.parse(`${row.acceptedAt.replace(" ", "T")}Z`)]));
  const messages = await messagesOf(stage, bodies.prefix);
  return messages
    .map(({ shipment, at }) => at + PROVIDER_MS - (acceptedAt.get(shipment) ?? Number.NaN))
    .toSorted((a, b) => a - b);
}

function inWords(sorted: number[]): string {
  return `p50 ${short(percentile(sorted, 0.5))} ms, p95 ${short(percentile(sorted, 0.95))} ms`;
}
