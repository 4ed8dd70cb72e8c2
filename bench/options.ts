import { parseArgs } from "node:util";

export const HELP = `npm run bench: measures the service beside Workers that do only a part of its work, and says whether each goal is met.

  --quick         fewer and shorter rounds: about a minute instead of five
  --only 3,5      some figures
  --json FILE     writes all that was measured, with met: true or false for each figure
  --large         also what takes long: figure 11 with 10⁷ rows
  --profile 3     measures nothing: profiles the Worker under the load of figure 3, 4 or 5 and tells where its time goes
  --keep          keeps the folder with the logs of all processes; it is kept anyway when something fails

Builds the Worker as it is deployed and runs it in workerd directly, with a private MariaDB, the bridge and played
providers. Contenders take turns, medians of ratios count, CPU time is read from /proc. The machine should have nothing
else to do: where it has, figures that depend on it are marked as too noisy to judge.

Exit code: 0 all goals met, 1 one is missed, 2 nothing is missed for sure but something is too noisy to judge, 3 it could
not be measured. docs/performance.md says how to read the table.`;

export type BenchOptions = {
  quick: boolean;
  large: boolean;
  keep: boolean;
  json: string | null;
  /** Numbers of figures; null for all. */
  only: ReadonlySet<number> | null;
  /** Number of the figure whose load is profiled instead. */
  profile: number | null;
};

/** Reads the command line; null when help is wanted. Throws what is wrong with it. `known`: the figures there are. */
export function readOptions(args: string[], known: readonly number[]): BenchOptions | null {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean", short: "h" },
      quick: { type: "boolean", default: false },
      large: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      json: { type: "string" },
      only: { type: "string" },
      profile: { type: "string" },
    },
  });
  if (values.help === true) return null;
  return {
    quick: values.quick,
    large: values.large,
    keep: values.keep,
    json: values.json ?? null,
    only: values.only === undefined ? null : readNumbers(values.only, known),
    profile: values.profile === undefined ? null : readNumber(values.profile, known, "--profile"),
  };
}

function readNumbers(text: string, known: readonly number[]): ReadonlySet<number> {
  return new Set(text.split(",").map((word) => readNumber(word.trim(), known, "--only")));
}

function readNumber(word: string, known: readonly number[], option: string): number {
  const number = known.find((one) => String(one) === word);
  if (number === undefined) throw new Error(`${option} knows ${known.join(", ")}, and not ${word}.`);
  return number;
}
