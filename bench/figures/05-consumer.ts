import { assertSent, batches, makeDue } from "../due.ts";
import { figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import type { LoadOrder, LoadReport } from "../load/order.ts";
import { cpuRatios, inWords, rateRatios } from "../reports.ts";

const BATCH = 50;

/** Batches that are under way at once, for both: what waits for the database leaves the processor to another batch. */
const AT_ONCE = 4;

/** Batches per turn, of which the first `AT_ONCE` only warm up. */
const BATCHES = 64;
const QUICK_BATCHES = 24;

const LONGEST_MS = 60_000;

export const consumer = figure({
  number: 5,
  title: "consumer at batch 50 vs a Worker that only calls the provider",
  goals: {
    cpu: { what: "CPU per delivery", kind: "cpu", unit: "×", limit: { atMost: 2 } },
    rate: { what: "deliveries/s", kind: "wall", unit: "×", limit: { atLeast: 0.5 } },
  },
  measure: async (bench) => {
    const { stage, load, quick, rounds } = bench;
    const count = quick ? QUICK_BATCHES : BATCHES;
    const fetching = await stage.contender("fetch");
    const common = {
      headers: {},
      connections: AT_ONCE,
      pace: { kind: "closed" },
      warmUpMs: 0,
      windowMs: LONGEST_MS,
      expect: 200,
    } satisfies Partial<LoadOrder>;
    const { ours, theirs } = await interleave(rounds, {
      ours: async () => {
        const bells = await makeDue(bench, count * BATCH);
        const report = await load({
          ...common,
          url: `${stage.service.frontUrl}/queue/notify-sms`,
          bodies: { kind: "listed", bodies: batches(bells, BATCH) },
          cpuOf: { worker: stage.service.pid },
        });
        await assertSent(bench, bells);
        return report;
      },
      theirs: () => {
        const body = JSON.stringify({ calls: BATCH });
        const bodies = Array.from({ length: count }, () => body);
        return load({
          ...common,
          url: `${fetching.url}/`,
          bodies: { kind: "listed", bodies },
          cpuOf: { worker: fetching.pid },
        });
      },
    });
    return {
      values: { cpu: cpuRatios(ours, theirs), rate: rateRatios(ours, theirs) },
      notes: [`per delivery: ${inWords(ours.map(perDelivery))}; only calling: ${inWords(theirs.map(perDelivery))}`],
    };
  },
});

/** The same report with deliveries in place of batches; latencies stay those of a batch. */
function perDelivery(report: LoadReport): LoadReport {
  return { ...report, requests: report.requests * BATCH, perSecond: report.perSecond * BATCH };
}
