/** Which proof a bug is planted for: the simulation of the use cases, or the run of real processes. */
export type Proof = "simulation" | "faults";

/**
 * A bug of at most ten lines that the proof must catch: `find` stands exactly once in `file`, and becomes
 * `replace`. It counts as caught when one of `invariants` is violated, and not by a crash.
 */
export type Plant = {
  name: string;
  proof: Proof;
  invariants: readonly string[];
  file: string;
  find: string;
  replace: string;
  /** Groups of faults that bring it out, where not all of them are needed. */
  only?: string;
};

/** The longest that a planted bug may be, in lines. */
const MOST_LINES = 10;

/** The file's text with the bug in it. Throws when the source has moved on and the bug has no place any more. */
export function plantInto(source: string, { name, file, find, replace }: Plant): string {
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`"${name}" finds ${places} places in ${file} instead of one: write it anew.`);
  for (const text of [find, replace]) {
    if (text.split("\n").length > MOST_LINES) throw new Error(`"${name}" is longer than ${MOST_LINES} lines.`);
  }
  return source.replace(find, () => replace);
}
