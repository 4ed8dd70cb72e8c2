import { describe, expect, test } from "vitest";
import { Outage, causes, isOutage } from "../../../src/domain/outage.ts";

/** An error with the given one below it, this many levels down. */
function buried(error: unknown, levels: number): unknown {
  return levels === 0 ? error : new Error("wrapped", { cause: buried(error, levels - 1) });
}

describe("an outage", () => {
  test.each([0, 1, 2, 7])("is recognised under %i other errors", (levels) => {
    expect(isOutage(buried(new Outage("no answer"), levels))).toBe(true);
  });

  test.each([new Error("Outage"), new TypeError("x"), "Outage", null, undefined, { name: "Outage" }])(
    "is not seen in %j",
    (error) => {
      expect(isOutage(error)).toBe(false);
      expect(isOutage(buried(error, 1))).toBe(false);
    },
  );
});

describe("the causes of an error", () => {
  test("are listed outermost first, the error itself included", () => {
    const innermost = new TypeError("inner");
    const middle = new Error("middle", { cause: innermost });
    const outer = new Error("outer", { cause: middle });
    expect(causes(outer)).toEqual([outer, middle, innermost]);
  });

  test("may end in what is no error", () => {
    expect(causes(new Error("x", { cause: "text" }))).toEqual([expect.any(Error), "text"]);
    expect(causes(new Error("x", { cause: null }))).toEqual([expect.any(Error), null]);
  });

  test("come to an end when they go in a circle", () => {
    const one = new Error("one");
    const other = new Error("other", { cause: one });
    one.cause = other;
    expect(causes(one)).toHaveLength(8);
    expect(isOutage(one)).toBe(false);
  });
});
