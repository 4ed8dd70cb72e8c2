import type { Plant, Proof } from "./plant.ts";

/**
 * What a run of a proof said: the names of the invariants that were violated, in the order of its output, and
 * whether it came to a verdict at all.
 */
export type Said = { exitCode: number | null; violated: string[]; isVerdict: boolean };

/** Reads what a proof printed: lines `VIOLATION I3 …` of the simulation, the last line of JSON of the other. */
export function readVerdict(proof: Proof, exitCode: number | null, printed: string): Said {
  const violated = proof === "simulation" ? namedInLines(printed) : namedInJson(printed);
  const isVerdict = violated !== null && (exitCode === 0 || violated.length > 0);
  return { exitCode, violated: [...new Set(violated)], isVerdict };
}

/** A bug is caught by the name of an invariant that it breaks; a run that merely failed has caught nothing. */
export function isCaught({ invariants }: Pick<Plant, "invariants">, { exitCode, violated }: Said): boolean {
  return exitCode === 1 && violated.some((name) => invariants.includes(name));
}

/** The source as it is has to pass. */
export function isClean({ exitCode, violated }: Said): boolean {
  return exitCode === 0 && violated.length === 0;
}

function namedInLines(printed: string): string[] {
  return [...printed.matchAll(/^VIOLATION (I\d+)\b/gm)].map(([, name = ""]) => name);
}

function namedInJson(printed: string): string[] | null {
  const last = printed.trimEnd().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) return null;
  const { violations } = JSON.parse(last) as { violations: string[] };
  return violations.map((violation) => violation.split(":", 1)[0] ?? "");
}
