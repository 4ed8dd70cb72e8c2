import { afterEach, expect, test, vi } from "vitest";
import { createIds } from "../../src/ids.ts";

afterEach(() => vi.restoreAllMocks());

const STEPS = { "stands still": 0, "goes back": -600_000, "leaps ahead": 600_000 };

test.each(Object.entries(STEPS))("ids of several isolates stay unique when the clock %s", (_, step) => {
  const isolates = [createIds(), createIds()];
  let now = Date.UTC(2026, 5, 15);
  vi.spyOn(Date, "now").mockImplementation(() => now);
  const made: string[] = [];

  for (let round = 0; round < 4; round++) {
    for (const ids of isolates) made.push(...Array.from({ length: 5_000 }, () => ids.next("dlv")));
    now += step;
  }

  expect(new Set(made).size).toBe(made.length);
});
