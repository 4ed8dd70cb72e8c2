import { expect, test } from "vitest";
import { readOptions } from "../../../bench/options.ts";

const KNOWN = [1, 3, 5];

test("without options everything is measured, at full length, and nothing is written", () => {
  expect(readOptions([], KNOWN)).toEqual({
    quick: false,
    large: false,
    keep: false,
    json: null,
    only: null,
    profile: null,
  });
});

test("some figures, quickly, into a file", () => {
  expect(readOptions(["--quick", "--only", "3, 5", "--json", "bench.json"], KNOWN)).toMatchObject({
    quick: true,
    only: new Set([3, 5]),
    json: "bench.json",
  });
});

test("a figure that does not exist is refused, with those that do", () => {
  expect(() => readOptions(["--only", "3,4"], KNOWN)).toThrow("--only knows 1, 3, 5, and not 4.");
  expect(() => readOptions(["--profile", "4"], KNOWN)).toThrow("--profile knows 1, 3, 5, and not 4.");
});

test("help wins over all else", () => {
  expect(readOptions(["--help", "--quick"], KNOWN)).toBeNull();
});
