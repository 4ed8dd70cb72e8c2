import { figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { short } from "../report.ts";
import { cpuRatios, inWords, rateRatios } from "../reports.ts";
import { median } from "../statistics.ts";
import { postUpdates, updates } from "../updates.ts";

const FEW_ROUNDS = 2;

export const accept = figure({
  number: 3,
  title: "POST / for three channels vs a Worker with one INSERT of three rows",
  goals: {
    cpu: { what: "CPU of the Worker", kind: "cpu", unit: "×", limit: { atMost: 1.5 } },
    rate: { what: "accepted/s", kind: "wall", unit: "×", limit: { atLeast: 0.65 } },
  },
  turn: async (bench) => () => bench.load(postUpdates(bench, { bodies: updates("three") })),
  measure: async (bench) => {
    const insert = await bench.stage.contender("insert");
    const ours = (kind: "three" | "one") => () => bench.load(postUpdates(bench, { bodies: updates(kind) }));
    const theirs = (kind: "three" | "one", rows: number) => () =>
      bench.load(
        postUpdates(bench, { url: `${insert.url}/${rows}`, bodies: updates(kind), cpuOf: { worker: insert.pid } }),
      );
    const { three, threeRows } = await interleave(bench.rounds, {
      three: ours("three"),
      threeRows: theirs("three", 3),
    });
    /** What only stands beside the figure. */
    const oneChannel = async () => {
      const { one, row } = await interleave(FEW_ROUNDS, { one: ours("one"), row: theirs("one", 1) });
      const [cpu, rate] = [median(cpuRatios(one, row) ?? []), median(rateRatios(one, row))];
      return `one channel: ${inWords(one)}; INSERT of one row: ${inWords(row)}: CPU ${short(cpu)} ×, accepted/s ${short(rate)} ×`;
    };
    return {
      values: { cpu: cpuRatios(three, threeRows), rate: rateRatios(three, threeRows) },
      notes: [
        `three channels: ${inWords(three)}; INSERT of three rows: ${inWords(threeRows)}`,
        ...(bench.quick ? [] : [await oneChannel()]),
      ],
    };
  },
});
