import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { difference, type Step } from "./steps.ts";

/** What the commands of the quick start name: the service, a key, and the providers' sandbox. */
export type Names = { U: string; T: string; S: string };

/** What was posted takes its way meanwhile; an answer that tells of it may take this long to look as it should, in ms. */
const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 250;

/** Does a step as its command says; reading is repeated until the answer fits. Throws with what is wrong. */
export async function walk(step: Step, names: Names): Promise<string> {
  const isReading = !/\s-X\s/.test(step.command);
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { said, wrong } = await once(step, names);
    if (wrong === null) return said;
    if (!isReading || performance.now() > until) throw new Error(`${wrong}\n\n${said}`);
    await pause(LOOK_AGAIN_MS);
  }
}

async function once({ command, answer }: Step, names: Names): Promise<{ said: string; wrong: string | null }> {
  const said = await run(command, names);
  if (answer === undefined) return { said, wrong: said === "" ? null : "No answer was expected." };
  try {
    return { said, wrong: difference(answer, JSON.parse(said)) };
  } catch {
    return { said, wrong: "The answer is no JSON." };
  }
}

async function run(command: string, names: Names): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("sh", ["-c", command], { env: { ...process.env, ...names } });
    return stdout.trim();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 127) throw new Error("The steps are commands of curl: install curl and try again.", { cause: error });
    throw new Error(`The command ended with ${String(code)}: is everything up?`, { cause: error });
  }
}
