import { describe, expect, test } from "vitest";
import { LANES } from "../../../src/domain/lane.ts";
import {
  FIRST_SIZE,
  LEAST_SIZE,
  MOST_SIZE,
  afterLook,
  newWindows,
  roomIn,
  withRung,
  type RingWindow,
  type Rung,
} from "../../../src/domain/ring-window.ts";

const PATIENCE_MS = 10_000;

const rung = (count: number, rungAt = 0, from = 0): Rung[] =>
  Array.from({ length: count }, (_, i) => ({ lane: "sms", enterpriseId: "E", deliveryId: `dlv_${from + i}`, rungAt }));

const idsOf = (rows: Rung[]) => new Set(rows.map((row) => row.deliveryId));

const look = (window: RingWindow, unheard: Rung[], now = 500) =>
  afterLook(window, idsOf(unheard), { now, patienceMs: PATIENCE_MS });

describe("the window of a lane", () => {
  test("begins with the same room for every lane", () => {
    expect(roomIn(newWindows())).toEqual(LANES.map((lane) => ({ lane, limit: FIRST_SIZE })));
  });

  test("has room for as many as were heard, and no more", () => {
    const open = rung(FIRST_SIZE);
    const full = withRung(newWindows(), open);
    expect(roomIn(full).map(({ lane }) => lane)).toEqual(LANES.filter((lane) => lane !== "sms"));
    const seen = look({ size: FIRST_SIZE, open }, open.slice(100));
    expect(roomIn(new Map([["sms", seen]]))).toEqual([{ lane: "sms", limit: 100 }]);
  });

  test.each([
    ["doubles when all was heard", 0, 1_000],
    ["doubles when nearly all was heard", 125, 1_000],
    ["stays when the queue had work left", 126, 500],
    ["stays when nothing was heard yet", 500, 500],
  ])("%s", (_, left, size) => {
    const open = rung(500);
    expect(look({ size: 500, open }, open.slice(500 - left)).size).toBe(size);
  });

  test("does not grow by what did not fill it", () => {
    expect(look({ size: 500, open: rung(499) }, [])).toEqual({ size: 500, open: [] });
  });

  test("has an upper limit", () => {
    expect(look({ size: MOST_SIZE, open: rung(MOST_SIZE) }, []).size).toBe(MOST_SIZE);
  });

  test("gets smaller by what was rung in vain, since that may still stand in the queue", () => {
    const [old, young] = [rung(300, 0), rung(200, 5_000, 300)];
    const seen = look({ size: 1_000, open: [...old, ...young] }, [...old, ...young], PATIENCE_MS);
    expect(seen).toEqual({ size: 700, open: young });
  });

  test("still tries a few while nobody listens", () => {
    const open = rung(500);
    expect(look({ size: 500, open }, open, PATIENCE_MS)).toEqual({ size: LEAST_SIZE, open: [] });
  });

  test("loses little of its size when some bells get lost", () => {
    const open = rung(500);
    expect(look({ size: 500, open }, open.slice(475), PATIENCE_MS).size).toBe(475);
  });
});

test("nobody listening for a minute, few rows are rung for; after that it takes seconds to be at full speed", () => {
  let window: RingWindow = { size: FIRST_SIZE, open: [] };
  let count = 0;
  const ring = (now: number) => {
    const more = rung(window.size - window.open.length, now, count);
    count += more.length;
    window = { ...window, open: [...window.open, ...more] };
  };
  for (let now = 0; now < 60_000; now += 500) {
    window = look(window, window.open, now);
    ring(now);
  }
  expect(count).toBe(FIRST_SIZE + 5 * LEAST_SIZE);
  for (let now = 60_000; now < 64_000; now += 500) {
    window = look(window, [], now);
    ring(now);
  }
  expect(window.size).toBe(MOST_SIZE);
});
