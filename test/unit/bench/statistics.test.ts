import { expect, test } from "vitest";
import { median, percentile, ratios, spread } from "../../../bench/statistics.ts";

test("a percentile is a value that was measured, by the nearest rank", () => {
  const values = Array.from({ length: 200 }, (_, index) => index + 1);
  expect([0, 0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([1, 100, 190, 198, 200]);
  expect(percentile([7], 0.99)).toBe(7);
});

test("nothing has no percentile and no median", () => {
  expect(percentile([], 0.5)).toBeNaN();
  expect(median([])).toBeNaN();
});

test.each([
  [[3], 3],
  [[10, 9], 9.5],
  [[5, 1, 100], 5],
  [[4, 1, 3, 2], 2.5],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("one outlier among five rounds does not make them spread", () => {
  expect(spread([10, 10, 10, 10, 500])).toBe(0);
  expect(spread([10, 20, 10, 20, 15])).toBeCloseTo(10 / 15);
});

test("two rounds are too few to tell a spread", () => {
  expect(spread([1, 100])).toBe(0);
});

test("a ratio is taken within its round", () => {
  expect(ratios([10, 30], [5, 10])).toEqual([2, 3]);
});
