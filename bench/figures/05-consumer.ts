import { assertSent, batches, makeDue } from "../due.ts";
import type { Bench } from "../context.ts";
import { figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import type { LoadOrder, LoadReport } from "../load/order.ts";
import { cpuRatios, inWords, rateRatios } from "../reports.ts";
import type { Workerd } from "../workerd.ts";

const BATCH = 50;

/** Batches that are under way at once, for both: what waits for the database leaves the processor to another batch. */
const AT_ONCE = 4;

/** Batches per turn; what is heard while connections open only warms up. */
const BATCHES = 80;
const QUICK_BATCHES = 30;

const ORDER = {
  headers: {},
  connections: AT_ONCE,
  pace: { kind: "closed" },
  warmUpMs: 0,
  windowMs: 60_000,
  expect: 200,
} satisfies Partial<LoadOrder>;

export const consumer = figure({
  number: 5,
  title: "consumer at batch 50 vs a Worker that only calls the provider",
  goals: {
    cpu: { what: "CPU per delivery", kind: "cpu", unit: "×", limit: { atMost: 2 } },
    rate: { what: "deliveries/s", kind: "wall", unit: "×", limit: { atLeast: 0.5 } },
  },
  turn: prepare,
  measure: async (bench) => {
    const fetching = await bench.stage.contender("fetch");
    const { ours, theirs } = await interleave(bench.rounds, {
      ours: async () => (await prepare(bench))(),
      theirs: () => onlyCall(bench, fetching),
    });
    return {
      values: { cpu: cpuRatios(ours, theirs), rate: rateRatios(ours, theirs) },
      notes: [`per delivery: ${inWords(ours.map(perDelivery))}; only calling: ${inWords(theirs.map(perDelivery))}`],
    };
  },
});

/** Has deliveries accepted; the turn hears them in batches. */
async function prepare(bench: Bench): Promise<() => Promise<LoadReport>> {
  const { service } = bench.stage;
  const bells = await makeDue(bench, countOf(bench) * BATCH);
  return async () => {
    const report = await bench.load({
      ...ORDER,
      url: `${service.frontUrl}/queue/notify-sms`,
      bodies: { kind: "listed", bodies: batches(bells, BATCH) },
      cpuOf: { worker: service.pid },
    });
    await assertSent(bench, bells);
    return report;
  };
}

function onlyCall(bench: Bench, { url, pid }: Workerd): Promise<LoadReport> {
  const bodies: LoadOrder["bodies"] = { kind: "counted", templates: [`{"calls":${BATCH}}`], prefix: "" };
  const { warmUpMs, windowMs } = bench;
  return bench.load({ ...ORDER, url: `${url}/`, bodies, warmUpMs, windowMs, cpuOf: { worker: pid } });
}

function countOf({ quick }: Bench): number {
  return quick ? QUICK_BATCHES : BATCHES;
}

/** The same report with deliveries in place of batches; latencies stay those of a batch. */
function perDelivery(report: LoadReport): LoadReport {
  return { ...report, requests: report.requests * BATCH, perSecond: report.perSecond * BATCH };
}
