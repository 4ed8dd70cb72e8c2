import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plantInto, type Plant } from "../../../dev/faults/selftest/plant.ts";
import { PLANTS } from "../../../dev/faults/selftest/plants.ts";
import { isCaught, isClean, readVerdict } from "../../../dev/faults/selftest/verdict.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("the planted bugs", () => {
  test.each(PLANTS.map((plant) => [plant.name, plant] as const))("have their place in the source: %s", (_, plant) => {
    const source = readFileSync(join(ROOT, plant.file), "utf8");
    expect(plantInto(source, plant)).not.toBe(source);
  });

  test("have names of their own", () => {
    expect(new Set(PLANTS.map((plant) => plant.name)).size).toBe(PLANTS.length);
  });

  test("are at least fifteen, and break every invariant that is proved", () => {
    expect(PLANTS.length).toBeGreaterThanOrEqual(15);
    const broken = new Set(PLANTS.flatMap((plant) => plant.invariants));
    for (let number = 1; number <= 14; number++) expect(broken).toContain(`I${number}`);
  });

  test("are refused where the source has moved on, or where they are long", () => {
    const plant: Plant = { name: "a", proof: "faults", invariants: ["I1"], file: "f", find: "x", replace: "y" };
    expect(() => plantInto("none", plant)).toThrow("finds 0 places");
    expect(() => plantInto("x x", plant)).toThrow("finds 2 places");
    expect(() => plantInto("x", { ...plant, replace: "\n".repeat(10) })).toThrow("longer than 10 lines");
  });
});

describe("a bug", () => {
  const plant = { invariants: ["I3", "I9"] };

  test("is caught by the name of an invariant that it breaks, in the simulation", () => {
    const said = readVerdict("simulation", 1, "VIOLATION I3 (one acceptance)\n  dlv_1 was accepted twice\n");
    expect(isCaught(plant, said)).toBe(true);
  });

  test("is caught by the name of an invariant that it breaks, in the run of real processes", () => {
    const said = readVerdict(
      "faults",
      1,
      'I3 VIOLATED …\n{"accepted":9,"violations":["I9: att_1 was not committed"]}\n',
    );
    expect(isCaught(plant, said)).toBe(true);
  });

  test.each([
    ["a crash", 1, "TypeError: a bug\n    at somewhere"],
    ["another invariant", 1, "VIOLATION I7 (order)\n"],
    ["a word in the text", 1, "no VIOLATION I3 here\n"],
    ["a run that ended well", 0, "VIOLATION I3 (one acceptance)\n"],
    ["a run that was killed", null, ""],
  ])("is not caught by %s", (_, exitCode, printed) => {
    expect(isCaught(plant, readVerdict("simulation", exitCode, printed))).toBe(false);
  });

  test("is not caught by a run of real processes that broke off", () => {
    expect(isCaught(plant, readVerdict("faults", 1, "The Worker did not start.\n"))).toBe(false);
  });
});

test("a run that broke off has come to no verdict, and one that ended has", () => {
  expect(readVerdict("faults", 1, "workerd b did not start").isVerdict).toBe(false);
  expect(readVerdict("faults", 1, '{"violations":["I1: x"]}').isVerdict).toBe(true);
  expect(readVerdict("faults", 0, '{"violations":[]}').isVerdict).toBe(true);
  expect(readVerdict("simulation", 1, "TypeError: a bug").isVerdict).toBe(false);
});

test("the source as it is passes only when nothing is violated and the run ends well", () => {
  expect(isClean(readVerdict("faults", 0, '{"violations":[]}'))).toBe(true);
  expect(isClean(readVerdict("faults", 1, "crash"))).toBe(false);
  expect(isClean(readVerdict("simulation", 0, "VIOLATION I1 (x)"))).toBe(false);
});
