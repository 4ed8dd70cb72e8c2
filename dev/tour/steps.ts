/** A step of the quick start: a command of the shell and, where it is answered, how its answer has to look. */
export type Step = { heading: string; command: string; answer: unknown };

/** Blocks of the quick start that are for people alone: what they do, the tour has done already. */
const OF_PEOPLE = /npm run dev|^U=/m;

/**
 * Reads the steps out of the quick start: each block of shell with the block of JSON behind it, if any, under the
 * heading that it stands under. Throws where the JSON is none.
 */
export function readSteps(markdown: string): Step[] {
  const steps: Step[] = [];
  let heading = "";
  for (const [, title, language, block = ""] of markdown.matchAll(/^## ([^\n]+)$|^```(sh|json)\n(.*?)^```$/gms)) {
    const last = steps.at(-1);
    if (title !== undefined) heading = title;
    else if (language === "sh" && !OF_PEOPLE.test(block))
      steps.push({ heading, command: block.trim(), answer: undefined });
    else if (language === "json" && last) last.answer = JSON.parse(block);
  }
  return steps;
}

/** What stands for anything in an answer as the quick start writes it, and in a list for any number of rows. */
const ANYTHING = "…";

/**
 * Why an answer does not look as it should; null where it does. Of an object the members that are written have to be
 * there, others may be; a list has its rows in their order.
 */
export function difference(expected: unknown, real: unknown, place = "the answer"): string | null {
  if (expected === ANYTHING) return real === undefined ? `${place} is missing` : null;
  if (Array.isArray(expected)) return differenceOfLists(expected, real, place);
  if (typeof expected === "object" && expected !== null) {
    if (typeof real !== "object" || real === null) return `${place} is ${JSON.stringify(real)}`;
    const members = real as Record<string, unknown>;
    for (const [name, value] of Object.entries(expected)) {
      const found = difference(value, members[name], `${place}.${name}`);
      if (found !== null) return found;
    }
    return null;
  }
  if (Object.is(expected, real)) return null;
  return `${place} is ${JSON.stringify(real)} and not ${JSON.stringify(expected)}`;
}

function differenceOfLists(expected: unknown[], real: unknown, place: string): string | null {
  if (!Array.isArray(real)) return `${place} is ${JSON.stringify(real)}`;
  const wanted = expected.filter((row) => row !== ANYTHING);
  if (wanted.length === expected.length && real.length !== wanted.length) {
    return `${place} has ${real.length} rows and not ${wanted.length}`;
  }
  let from = 0;
  for (const row of wanted) {
    const at = real.findIndex((candidate, index) => index >= from && difference(row, candidate) === null);
    if (at < 0) return `${place} has no row ${JSON.stringify(row)}: ${JSON.stringify(real)}`;
    from = at + 1;
  }
  return null;
}
