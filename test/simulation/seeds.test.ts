import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

/** Failing seeds are played again by `node test/simulation/run.ts --seeds 1 --no-walk --seed …`. */
const FIRST_SEEDS = [1, 101, 201, 301, 401, 501, 601, 701, 801, 901];

test.each(FIRST_SEEDS)("every invariant holds in the hundred runs from seed %i", { timeout: 60_000 }, async (first) => {
  const violations = [];
  for (let seed = first; seed < first + 100; seed++) {
    const report = await simulate(seed);
    violations.push(...report.violations.map((violation) => ({ seed, ...violation })));
  }
  expect(violations).toEqual([]);
});

test("a seed repeats its run exactly", async () => {
  const traces: [string[], string[]] = [[], []];
  for (const trace of traces) await simulate(7, { onTrace: (line) => trace.push(line) });
  expect(traces[0].length).toBeGreaterThan(100);
  expect(traces[1]).toEqual(traces[0]);
});
