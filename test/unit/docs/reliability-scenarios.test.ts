import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const PAGE = readFileSync(join(ROOT, "docs/reliability.md"), "utf8");

/** The rows of the table of scenarios, by their numbers. */
function scenarios(): Map<number, string> {
  const [, section = ""] = PAGE.split("### What can go wrong");
  const rows = section.split("\n## ")[0]?.matchAll(/^\| *(\d+) *\|(.*)$/gm) ?? [];
  return new Map([...rows].map(([, number, row = ""]) => [Number(number), row]));
}

/** The tests that a row names: `file › title`. */
function namedTests(row: string): { file: string; title: string }[] {
  return [...row.matchAll(/`([^`]+?) › ([^`]+)`/g)].map(([, file = "", title = ""]) => ({ file, title }));
}

const table = scenarios();

test("the page has a row for each of the 32 scenarios", () => {
  expect([...table.keys()]).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
});

test.each([...table])("every test that shows scenario %i exists under the name that the page gives", (_, row) => {
  const named = namedTests(row);
  const missing = named.filter(({ file, title }) => {
    const path = join(ROOT, "test", `${file}.test.ts`);
    return !existsSync(path) || !readFileSync(path, "utf8").includes(`"${title}"`);
  });

  expect(named.length).toBeGreaterThanOrEqual(1);
  expect(missing).toEqual([]);
});
