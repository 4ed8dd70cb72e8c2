import type { CallFrame, CpuProfile } from "./inspector.ts";

/** Where a function of the bundle comes from. */
export type Origin = { file: string; name: string };

/** What a name of the summary used: `self` in its own code, `total` with all that it called, as shares of the busy time. */
export type Use = { name: string; self: number; total: number };

export type Summary = { busyMs: number; functions: Use[]; packages: Use[] };

/** Samples that are no work. */
const IDLE = new Set(["(idle)", "(root)"]);

/** Adds up a profile by function and by package; `originOf` looks a place of the bundle up in its source map. */
export function summarize(profile: CpuProfile, originOf: (frame: CallFrame) => Origin): Summary {
  const parents = new Map<number, number>();
  const labels = new Map<number, { function: string; package: string; idle: boolean }>();
  for (const { id, callFrame, children = [] } of profile.nodes) {
    for (const child of children) parents.set(child, id);
    const { file, name } = originOf(callFrame);
    labels.set(id, {
      function: file === "" ? name : `${name} (${file})`,
      package: packageOf(file, name),
      idle: IDLE.has(callFrame.functionName),
    });
  }
  const functions = new Map<string, Use>();
  const packages = new Map<string, Use>();
  let busy = 0;
  profile.samples.forEach((sample, index) => {
    const us = profile.timeDeltas[index] ?? 0;
    const label = labels.get(sample);
    if (label === undefined || label.idle) return;
    busy += us;
    const stack = stackOf(sample, parents);
    addUp(functions, label.function, new Set(stack.map((id) => labels.get(id)?.function ?? "")), us);
    addUp(packages, label.package, new Set(stack.map((id) => labels.get(id)?.package ?? "")), us);
  });
  return { busyMs: busy / 1000, functions: ranked(functions, busy), packages: ranked(packages, busy) };
}

/** The node and all that called it. */
function stackOf(sample: number, parents: ReadonlyMap<number, number>): number[] {
  const stack: number[] = [];
  for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) stack.push(id);
  return stack;
}

function addUp(uses: Map<string, Use>, self: string, all: ReadonlySet<string>, us: number): void {
  for (const name of all) {
    const use = uses.get(name) ?? { name, self: 0, total: 0 };
    use.total += us;
    if (name === self) use.self += us;
    uses.set(name, use);
  }
}

function ranked(uses: ReadonlyMap<string, Use>, busy: number): Use[] {
  return [...uses.values()]
    .filter(({ name }) => !IDLE.has(name))
    .map(({ name, self, total }) => ({ name, self: self / busy, total: total / busy }))
    .toSorted((left, right) => right.self - left.self);
}

/** `src/db`, `drizzle-orm`, or what V8 calls its own work: `(program)`, `(garbage collector)`. */
function packageOf(file: string, name: string): string {
  if (file === "") return name.startsWith("(") ? name : "(runtime)";
  const ofPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  return ofPackage ?? /^src\/\w+(?=\/)/.exec(file)?.[0] ?? "src";
}
