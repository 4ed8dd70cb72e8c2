import { figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import type { LoadReport } from "../load/order.ts";
import { cpuRatios, inWords } from "../reports.ts";
import { ratios } from "../statistics.ts";
import { freshPrefix, postUpdates, updates } from "../updates.ts";

/** Few enough that most of the time is the service's own. */
const CONNECTIONS = 8;

export const replay = figure({
  number: 4,
  title: "replay of an update vs first time",
  goals: {
    cpu: { what: "CPU of the Worker", kind: "cpu", unit: "×", limit: { atMost: 1.6 } },
    latency: { what: "latency, p50", kind: "wall", unit: "×", limit: { atMost: 1.6 } },
  },
  measure: async (bench) => {
    let posted = { prefix: "", used: 0 };
    const { again, first } = await interleave<"first" | "again", LoadReport>(bench.rounds, {
      first: async () => {
        const prefix = freshPrefix();
        const report = await bench.load(
          postUpdates(bench, { bodies: updates("three", prefix), connections: CONNECTIONS }),
        );
        // The last ones of each connection may still be under way.
        posted = { prefix, used: report.used - CONNECTIONS };
        return report;
      },
      again: () =>
        bench.load(
          postUpdates(bench, {
            bodies: { ...updates("three", posted.prefix), wrapAt: posted.used },
            connections: CONNECTIONS,
          }),
        ),
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
