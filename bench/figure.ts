import type { Bench } from "./context.ts";

/** What a figure has to come to. */
export type Goal = {
  /** What is measured, in the words of the table. */
  what: string;
  /** What noise does to it: nothing to a count, little to CPU time, much to what a clock measures. */
  kind: "count" | "cpu" | "wall";
  /** Stands behind the number: `×`, `ms`, `%`, `kB`; empty for a bare count. */
  unit: string;
  limit: { atMost: number } | { atLeast: number };
};

/** One value per round, of which the median counts; null where this machine cannot measure it. */
export type Measured<Name extends string = string> = {
  values: Record<Name, number[] | null>;
  /** What belongs beside the figure: rates, times, what was left out. */
  notes: string[];
};

/**
 * One line of the table, or several that are measured together. A file of `figures/` exports one, made by
 * `figure()`, and `figures.ts` lists it. `measure` leaves the stage as it found it: broker a sink, nothing due
 * that a later figure would trip over. It throws when anything answered otherwise than expected.
 */
export type Figure<Name extends string = string> = {
  /** As in the table of docs/performance.md. */
  number: number;
  title: string;
  goals: Record<Name, Goal>;
  measure: (bench: Bench) => Promise<Measured<Name>>;
  /** Prepares the service's own turn alone, which can be played once: what `--profile` looks into. */
  turn?: (bench: Bench) => Promise<() => Promise<unknown>>;
};

/** Keeps the names of the goals, so that `measure` has to give a value for each. */
export function figure<Name extends string>(one: Figure<Name>): Figure<Name> {
  return one;
}
