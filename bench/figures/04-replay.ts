import type { Bench } from "../context.ts";
import { figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import type { LoadReport } from "../load/order.ts";
import { cpuRatios, inWords } from "../reports.ts";
import { ratios } from "../statistics.ts";
import { freshPrefix, postUpdates, updates } from "../updates.ts";

/** Few enough that most of the time is the service's own. */
const CONNECTIONS = 8;

type Posted = { prefix: string; count: number };

export const replay = figure({
  number: 4,
  title: "replay of an update vs first time",
  goals: {
    cpu: { what: "CPU of the Worker", kind: "cpu", unit: "×", limit: { atMost: 1.6 } },
    latency: { what: "latency, p50", kind: "wall", unit: "×", limit: { atMost: 1.6 } },
  },
  turn: async (bench) => {
    const { posted } = await postFirst(bench);
    return () => postAgain(bench, posted);
  },
  measure: async (bench) => {
    let posted: Posted = { prefix: "", count: 0 };
    const { again, first } = await interleave<"first" | "again", LoadReport>(bench.rounds, {
      first: async () => {
        const turn = await postFirst(bench);
        posted = turn.posted;
        return turn.report;
      },
      again: () => postAgain(bench, posted),
    });
    return {
      values: {
        cpu: cpuRatios(again, first),
        latency: ratios(
          again.map(({ latencyMs }) => latencyMs.p50),
          first.map(({ latencyMs }) => latencyMs.p50),
        ),
      },
      notes: [`first: ${inWords(first)}; replay: ${inWords(again)}`],
    };
  },
});

async function postFirst(bench: Bench): Promise<{ report: LoadReport; posted: Posted }> {
  const prefix = freshPrefix();
  const report = await bench.load(postUpdates(bench, { bodies: updates("three", prefix), connections: CONNECTIONS }));
  // The last one of each connection may still be under way.
  return { report, posted: { prefix, count: report.used - CONNECTIONS } };
}

function postAgain(bench: Bench, { prefix, count }: Posted): Promise<LoadReport> {
  const bodies = { ...updates("three", prefix), wrapAt: count };
  return bench.load(postUpdates(bench, { bodies, connections: CONNECTIONS }));
}
