import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Plant, Proof } from "./plant.ts";
import { copyProject } from "./copy.ts";
import { readVerdict, type Said } from "./verdict.ts";

export type ProveOptions = {
  /** Seeds of the simulation, and seconds and seed of the run of real processes. */
  seeds: number;
  seconds: number;
  seed: number;
  signal: AbortSignal;
};

/** Runs a proof over a copy of the project with the bug in it, or without one, and tells what it said. */
export async function prove(
  proof: Proof,
  plant: Plant | null,
  options: ProveOptions,
): Promise<Said & { tail: string }> {
  const copy = copyProject(plant);
  try {
    const { exitCode, printed } = await run(commandOf(proof, plant, options), copy.folder, options.signal);
    return { ...readVerdict(proof, exitCode, printed), tail: printed.trimEnd().split("\n").slice(-15).join("\n") };
  } finally {
    copy.remove();
  }
}

function commandOf(proof: Proof, plant: Plant | null, { seeds, seconds, seed }: ProveOptions): string[] {
  if (proof === "simulation") return ["test/simulation/run.ts", "--seeds", String(seeds), "--seed", String(seed)];
  const only = plant?.only === undefined ? [] : ["--only", plant.only];
  return ["dev/faults.ts", "--seconds", String(seconds), "--seed", String(seed), ...only];
}

async function run(
  args: string[],
  cwd: string,
  signal: AbortSignal,
): Promise<{ exitCode: number | null; printed: string }> {
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  await once(child, "close");
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  return { exitCode: child.exitCode, printed };
}
