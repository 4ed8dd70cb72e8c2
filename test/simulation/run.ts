import { parseArgs } from "node:util";
import { play, walk } from "./walk.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulate, type SimulationOptions } from "./simulate.ts";
import { INVARIANTS, type Invariant, type Violation } from "./violations.ts";

const help = `node test/simulation/run.ts: plays the real use cases over ports that fail, and checks what must hold.

  --seeds N        how many seeds (100)
  --seed N         the first one (1)
  --only I3        looks at this invariant alone; may be given more than once
  --no-walk        leaves out the walk over every crash point of the main scenarios
  --trace          tells everything that happened in the failing run, not only its end

Exit code: 0 all invariants held, 1 one was violated, 2 wrong usage.
`;

/** So many lines of what happened before a violation are printed. */
const TRACE_LINES = 40;

/** The walk is taken with these seeds: the same calls in other orders. */
const WALK_SEEDS = [1, 2];

type Asked = { seeds: number; seed: number; only: ReadonlySet<Invariant> | null; walk: boolean; trace: boolean };

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const asked = readOptions(args);
  if (asked === null) {
    console.error(help);
    return 2;
  }
  const passed = (!asked.walk || (await walkAll(asked))) && (await simulateAll(asked));
  return passed ? 0 : 1;
}

function readOptions(args: string[]): Asked | null {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seeds: { type: "string", default: "100" },
        seed: { type: "string", default: "1" },
        only: { type: "string", multiple: true },
        "no-walk": { type: "boolean", default: false },
        trace: { type: "boolean", default: false },
      },
    });
    const [seeds, seed] = [Number(values.seeds), Number(values.seed)];
    const only = values.only ?? [];
    if (![seeds, seed].every(Number.isSafeInteger) || !only.every(isInvariant)) return null;
    const chosen = only.length === 0 ? null : new Set(only);
    return { seeds, seed, only: chosen, walk: !values["no-walk"], trace: values.trace };
  } catch {
    return null;
  }
}

function isInvariant(name: string): name is Invariant {
  return Object.hasOwn(INVARIANTS, name);
}

async function walkAll({ only, trace }: Asked): Promise<boolean> {
  const began = performance.now();
  let runs = 0;
  for (const scenario of SCENARIOS) {
    for (const seed of WALK_SEEDS) {
      const report = await walk(scenario, seed, { only });
      runs += report.runs;
      if (report.failure === null) continue;
      const { at, fault, port, violation } = report.failure;
      await tell(`"${scenario.name}", ${fault} at call ${at} (${port}), seed ${seed}`, violation, trace, (options) =>
        play(scenario, seed, at, fault, { only, ...options }),
      );
      return false;
    }
  }
  console.log(`walk: ${SCENARIOS.length} scenarios, ${runs} runs, every invariant held (${since(began)})`);
  return true;
}

async function simulateAll({ seeds, seed: first, only, trace }: Asked): Promise<boolean> {
  const began = performance.now();
  let [deliveries, acceptances, calls] = [0, 0, 0];
  for (let seed = first; seed < first + seeds; seed++) {
    const report = await simulate(seed, { only });
    deliveries += report.deliveries;
    acceptances += report.acceptances;
    calls += report.calls;
    const violation = report.violations[0];
    if (violation === undefined) continue;
    await tell(`seed ${seed}`, violation, trace, (options) => simulate(seed, { only, ...options }));
    return false;
  }
  const counts = `${deliveries} deliveries, ${calls} provider calls, ${acceptances} acceptances`;
  console.log(`seeds ${first} to ${first + seeds - 1}: ${counts}, every invariant held (${since(began)})`);
  return true;
}

/** Plays what failed once more, to tell what happened. */
async function tell(
  where: string,
  { invariant, what }: Violation,
  all: boolean,
  again: (options: SimulationOptions) => Promise<unknown>,
): Promise<void> {
  const lines: string[] = [];
  await again({ onTrace: (line) => lines.push(line) });
  const id = /\b(dlv|att|upd)_\w+/.exec(what)?.[0];
  const telling = lines.filter((line) => id === undefined || line.includes(id) || /DIES|FREEZES/.test(line));
  console.log((all ? lines : telling.slice(-TRACE_LINES)).join("\n"));
  console.log(`VIOLATION ${invariant} (${INVARIANTS[invariant]})\n  ${what}\n  ${where}`);
}

function since(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
