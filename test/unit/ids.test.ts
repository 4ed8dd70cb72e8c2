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

test("ids are UUIDs of version 7 that begin with the time of their making", () => {
  vi.spyOn(Date, "now").mockReturnValue(0x0123456789ab);

  expect(createIds().next("upd")).toMatch(/^upd_0123456789ab7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
});

test("ids of one isolate sort in the order of their making, within one ms and when the clock goes back a little", () => {
  const ids = createIds();
  let now = Date.UTC(2026, 5, 15);
  vi.spyOn(Date, "now").mockImplementation(() => now);
  const made: string[] = [];

  for (const step of [0, 0, 1, -5_000, 0, 2, 20_000]) {
    now += step;
    made.push(...Array.from({ length: 1_000 }, () => ids.next("dlv")));
  }

  expect(made).toEqual(made.toSorted((a, b) => (a < b ? -1 : 1)));
});
