import { whileHeard } from "../bells.ts";
import type { Bench } from "../context.ts";
import { figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import type { LoadReport } from "../load/order.ts";
import type { OriginalOptions } from "../parts/original.ts";
import { CPU, pinTo } from "../pin.ts";
import { short } from "../report.ts";
import { inWords, rateRatios } from "../reports.ts";
import { acceptedOf, ratePerSecond, untilSent, withLatency } from "../sends.ts";
import { median, ratios } from "../statistics.ts";
import { clearTables } from "../tables.ts";
import { postUpdates, updates } from "../updates.ts";

const PROVIDER_MS = 200;
const CONNECTIONS = 50;
const CHANNELS = 3;

/**
 * The same for both. Shorter ones would mostly tell how long ours takes to get all consumers going, and to end its
 * last batches; the other one answers 32 requests in 600 ms.
 */
const WINDOW_MS = 5_000;

type Turn = { report: LoadReport; messagesPerSecond: number };

export const original = figure({
  number: 8,
  title: "vs a synchronous service with 32 slots, provider at 200 ms, 50 connections",
  goals: {
    rate: { what: "accepts/s", kind: "wall", unit: "×", limit: { atLeast: 20 } },
    p99: { what: "accept p99", kind: "wall", unit: "×", limit: { atMost: 0.1 } },
    messages: { what: "messages/s", kind: "wall", unit: "×", limit: { atLeast: 5 } },
  },
  measure: async (bench) => {
    const { stage } = bench;
    await clearTables(stage);
    const { address: database } = stage.mariadb;
    const { twilioUrl, sendgridUrl } = stage.provider;
    const options: OriginalOptions = { database, twilioUrl, sendgridUrl };
    const { facts, process: running } = await stage.processes.startPart("original", options);
    pinTo(running.pid, CPU.workerd);
    const { url } = facts as { url: string };
    const turns = await withLatency(stage, PROVIDER_MS, () =>
      whileHeard(stage, stage.service, () =>
        interleave(bench.quick ? 1 : 2, { ours: () => ours(bench), theirs: () => theirs(bench, url) }),
      ),
    );
    running.signal("SIGKILL");
    const [our, their] = [turns.ours.map(({ report }) => report), turns.theirs.map(({ report }) => report)];
    const [sent, theySent] = [rates(turns.ours), rates(turns.theirs)];
    return {
      values: {
        rate: rateRatios(our, their),
        p99: ratios(
          our.map(({ latencyMs }) => latencyMs.p99),
          their.map(({ latencyMs }) => latencyMs.p99),
        ),
        messages: ratios(sent, theySent),
      },
      notes: [
        `ours: ${inWords(our)}, ${short(median(sent))} messages/s; synchronous: ${inWords(their)}, ${short(median(theySent))} messages/s`,
      ],
    };
  },
});

async function ours(bench: Bench): Promise<Turn> {
  const bodies = updates("three");
  const report = await bench.load(
    postUpdates(bench, { bodies, connections: CONNECTIONS, warmUpMs: 0, windowMs: WINDOW_MS }),
  );
  const sends = await untilSent(bench.stage, bodies.prefix, await acceptedOf(bench.stage, bodies.prefix));
  return { report, messagesPerSecond: ratePerSecond(sends) };
}

async function theirs(bench: Bench, url: string): Promise<Turn> {
  const report = await bench.load(
    postUpdates(bench, {
      url: `${url}/`,
      bodies: updates("three"),
      connections: CONNECTIONS,
      windowMs: WINDOW_MS,
      expect: 200,
      cpuOf: {},
    }),
  );
  return { report, messagesPerSecond: report.perSecond * CHANNELS };
}

function rates(turns: Turn[]): number[] {
  return turns.map(({ messagesPerSecond }) => messagesPerSecond);
}
