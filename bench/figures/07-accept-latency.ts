import { figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import type { LoadOrder } from "../load/order.ts";
import { inWords } from "../reports.ts";
import { ratios } from "../statistics.ts";
import { postUpdates, updates } from "../updates.ts";

/** Enough that a request which is due finds a connection. */
const CONNECTIONS = 20;

export const acceptLatency = figure({
  number: 7,
  title: "accept at half of saturation vs bare Hono at half of its own",
  goals: {
    p99: { what: "p99", kind: "wall", unit: "×", limit: { atMost: 3 } },
  },
  measure: async (bench) => {
    const hono = await bench.stage.contender("hono");
    const ours = (pace: LoadOrder["pace"]) =>
      bench.load(postUpdates(bench, { bodies: updates("three"), connections: CONNECTIONS, pace }));
    const theirs = (pace: LoadOrder["pace"]) =>
      bench.load(
        postUpdates(bench, {
          url: `${hono.url}/`,
          bodies: updates("three"),
          connections: CONNECTIONS,
          pace,
          cpuOf: { worker: hono.pid },
        }),
      );
    const saturated = await interleave(1, {
      ours: () => ours({ kind: "closed" }),
      theirs: () => theirs({ kind: "closed" }),
    });
    const [limit = Number.NaN, theirLimit = Number.NaN] = [...saturated.ours, ...saturated.theirs].map(
      ({ perSecond }) => perSecond,
    );
    const turns = await interleave(bench.rounds, {
      ours: () => ours({ kind: "open", perSecond: limit / 2 }),
      theirs: () => theirs({ kind: "open", perSecond: theirLimit / 2 }),
    });
    return {
      values: {
        p99: ratios(
          turns.ours.map(({ latencyMs }) => latencyMs.p99),
          turns.theirs.map(({ latencyMs }) => latencyMs.p99),
        ),
      },
      notes: [`accept: ${inWords(turns.ours)}; bare Hono: ${inWords(turns.theirs)}`],
    };
  },
});
