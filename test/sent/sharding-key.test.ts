import { expect, inject, test } from "vitest";
import { ENTRIES, statementsOf } from "../support/statements/catalogue.ts";
import { RECORDED, readRecording } from "../support/statements/recording.ts";
import { sample } from "../support/statements/sample.ts";
import { shapeOf, skeletonOf } from "../support/statements/shape.ts";
import { unkeyedTables } from "../support/statements/sharding.ts";

const recordedBefore = inject("recordedBefore");
/** What begins and ends a transaction touches no table. */
const BOUNDS = new Set(["BEGIN", "COMMIT", "ROLLBACK"]);
const shapes = RECORDED.flatMap((project) => readRecording(project)?.shapes ?? []);
const sent = [...new Set(shapes)].filter((shape) => !BOUNDS.has(shape));

/** The entries whose method sends a statement, by what tells it from others. */
const known = new Map<string, typeof ENTRIES>();
for (const [name, entry] of ENTRIES) {
  for (const size of entry.sizes.slice(0, 2)) {
    for (const statement of await statementsOf(entry, sample(size, "many enterprises"))) {
      const skeleton = skeletonOf(shapeOf(statement));
      const others = (known.get(skeleton) ?? []).filter(([other]) => other !== name);
      known.set(skeleton, [...others, [name, entry]]);
    }
  }
}

test.each(RECORDED)("what the project %s sent is recorded", (project) => {
  const what = `Run npm test: nothing was recorded of the project ${project}. ${recordedBefore}`;
  expect(readRecording(project)?.shapes.length ?? 0, what).toBeGreaterThan(0);
});

test("nothing that was put into a statement is recorded", () => {
  expect(sent.filter((shape) => /['"@]|\d{4}/.test(shape))).toEqual([]);
});

test("every statement that was sent is one of the catalogue", () => {
  const strange = sent.filter((shape) => !known.has(skeletonOf(shape)));
  expect(strange, `Enter them in test/support/statements. ${recordedBefore}`).toEqual([]);
});

test("every statement that was sent names the sharding key, but for those that have a reason to ask every shard", () => {
  const scattering = sent.filter((shape) => {
    const entries = known.get(skeletonOf(shape)) ?? [];
    return unkeyedTables(shape).length > 0 && !entries.some(([, entry]) => entry.scatters !== undefined);
  });
  expect(scattering, recordedBefore).toEqual([]);
});

test("no hot statement has such a reason", () => {
  expect(ENTRIES.filter(([, { heat, scatters }]) => heat === "hot" && scatters !== undefined)).toEqual([]);
});

test("every hot statement was sent", () => {
  const seen = new Set(sent.map(skeletonOf));
  const unseen = [...known].filter(
    ([skeleton, entries]) => entries.some(([, { heat }]) => heat === "hot") && !seen.has(skeleton),
  );
  const what = `No test has sent these: add one, or run the whole suite. ${recordedBefore}`;
  expect(
    unseen.map(([skeleton, entries]) => `${entries.map(([name]) => name).join(", ")}: ${skeleton}`),
    what,
  ).toEqual([]);
});
