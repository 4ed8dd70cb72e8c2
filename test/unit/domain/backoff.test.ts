import { describe, expect, test } from "vitest";
import { retryDelayMs } from "../../../src/domain/backoff.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";

const ALMOST_ONE = 1 - Number.EPSILON;
const MINUTE = 60_000;
const ATTEMPTS = [1, 2, 3, 4, 5, 8, 9, 10, 11, 50, 1_000, 32_767];

describe("the wait before the next attempt", () => {
  test.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [9, 1_280_000],
    [10, 30 * MINUTE],
    [11, 30 * MINUTE],
    [32_767, 30 * MINUTE],
  ])("after attempt %i is below its doubled ceiling of %i ms", (attemptNo, ceiling) => {
    expect(retryDelayMs(DEFAULT_TIMES, attemptNo, ALMOST_ONE)).toBe(ceiling - 1);
    expect(retryDelayMs(DEFAULT_TIMES, attemptNo, 0.5)).toBe(ceiling / 2);
  });

  test("is never below a second, whatever the chance", () => {
    for (const attemptNo of ATTEMPTS) expect(retryDelayMs(DEFAULT_TIMES, attemptNo, 0)).toBe(1_000);
  });

  test("is a whole number of ms within its bounds, for every attempt and chance", () => {
    for (const attemptNo of ATTEMPTS) {
      for (let random = 0; random < 1; random += 0.013) {
        const delayMs = retryDelayMs(DEFAULT_TIMES, attemptNo, random);
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(1_000);
        expect(delayMs).toBeLessThanOrEqual(30 * MINUTE);
      }
    }
  });

  test("spreads out: other chances give other waits", () => {
    expect(new Set([0.3, 0.5, 0.7, 0.9].map((random) => retryDelayMs(DEFAULT_TIMES, 3, random))).size).toBe(4);
  });
});

describe("what the provider asks for", () => {
  test("is waited for when it is longer than our own wait", () => {
    expect(retryDelayMs(DEFAULT_TIMES, 1, 0, 45_000)).toBe(45_000);
    expect(retryDelayMs(DEFAULT_TIMES, 12, 0.5, 40 * MINUTE)).toBe(40 * MINUTE + 2_500);
  });

  test("is not the same instant for all who were told the same", () => {
    expect(retryDelayMs(DEFAULT_TIMES, 1, 0.25, 45_000)).toBe(46_250);
    expect(retryDelayMs(DEFAULT_TIMES, 1, 0.75, 45_000)).toBe(48_750);
  });

  test("does not shorten our own wait", () => {
    expect(retryDelayMs(DEFAULT_TIMES, 3, 0.5, 1)).toBe(10_000);
    expect(retryDelayMs(DEFAULT_TIMES, 3, 0.5, 0)).toBe(10_000);
  });

  test("is honoured up to an hour", () => {
    expect(retryDelayMs(DEFAULT_TIMES, 1, 0, 60 * MINUTE)).toBe(60 * MINUTE);
    expect(retryDelayMs(DEFAULT_TIMES, 1, 0, 60 * MINUTE + 1)).toBe(60 * MINUTE);
    expect(retryDelayMs(DEFAULT_TIMES, 1, 0, Number.POSITIVE_INFINITY)).toBe(60 * MINUTE);
  });
});
