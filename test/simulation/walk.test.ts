import { expect, test } from "vitest";
import { SCENARIOS } from "./scenarios.ts";
import { walk } from "./walk.ts";

test.each(SCENARIOS)(
  "every invariant holds wherever this is interrupted: $name",
  { timeout: 60_000 },
  async (scenario) => {
    for (const seed of [1, 2]) {
      const report = await walk(scenario, seed);
      expect(report.failure).toBeNull();
      expect(report.runs).toBeGreaterThan(scenario.isUndisturbed ? 0 : 50);
    }
  },
);
