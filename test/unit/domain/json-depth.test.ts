import { describe, expect, test } from "vitest";
import { isDeeperThan } from "../../../src/domain/json-depth.ts";

const isDeep = (levels: number, json: string) => isDeeperThan(levels, new TextEncoder().encode(json));

describe("the depth of JSON", () => {
  test.each([
    ['"a"', 0],
    ["{}", 1],
    ["[[],[],[]]", 2],
    ['{"a":{"b":[]},"c":{}}', 3],
  ])("counts objects and arrays that are open at once: %s has %i", (json, depth) => {
    expect([isDeep(depth, json), depth > 0 && isDeep(depth - 1, json)]).toEqual([false, depth > 0]);
  });

  test.each(['{"a":"[[[["}', '{"{[{[":1}', String.raw`{"a":"\"[[["}`, String.raw`{"a":"\\","b":"[[["}`, '["😀[[["]'])(
    "does not count what stands in a text: %s",
    (json) => {
      expect(isDeep(1, json)).toBe(false);
    },
  );

  test("counts what stands behind a text that ends in a backslash", () => {
    expect(isDeep(2, String.raw`{"a":"\\","b":[[]]}`)).toBe(true);
  });

  test("is told of a million levels without a stack", () => {
    expect(isDeep(32, "[".repeat(1_000_000))).toBe(true);
  });

  test("of what is no JSON is told as well", () => {
    expect(isDeep(1, '}}}]]"')).toBe(false);
  });
});
