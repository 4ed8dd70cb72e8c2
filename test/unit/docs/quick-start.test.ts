import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { difference, readSteps } from "../../../dev/tour/steps.ts";

const steps = readSteps(readFileSync(join(import.meta.dirname, "../../../docs/quick-start.md"), "utf8"));

test("the quick start has the steps of the tour, each answered but for the one that is not", () => {
  expect(steps.map(({ heading, answer }) => [heading, answer !== undefined])).toEqual([
    ["2. Add a customer", true],
    ["3. Subscribe it", true],
    ["3. Subscribe it", true],
    ["4. Say what the SMS says, in two languages", true],
    ["4. Say what the SMS says, in two languages", true],
    ["5. Post an update", true],
    ["5. Post an update", true],
    ["6. Read its story", true],
    ["7. Let the recipient write STOP", false],
    ["8. Post the next update", true],
    ["8. Post the next update", true],
  ]);
});

describe("an answer", () => {
  test.each([
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: "…" }, { a: null }],
    [
      [1, 2],
      [1, 2],
    ],
    [
      ["…", { a: 1 }, "…"],
      [{ a: 0 }, { a: 1 }, { a: 2 }],
    ],
    [["…"], []],
  ])("that looks like %j may be %j", (expected, real) => {
    expect(difference(expected, real)).toBeNull();
  });

  test.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: "…" }, {}],
    [{ a: null }, {}],
    [{ a: 1 }, null],
    [[1], [1, 2]],
    [[], [1]],
    [["…", { a: 1 }], [{ a: 0 }]],
    [
      ["…", 2, 1],
      [1, 2],
    ],
  ])("that looks like %j is not %j", (expected, real) => {
    expect(difference(expected, real)).not.toBeNull();
  });
});
