import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkAll } from "./faults/checker/check.ts";
import { createTally } from "./faults/nemesis/tally.ts";
import { HELP, readOptions, type FaultsOptions } from "./faults/options.ts";
import { strikeCounts, summary, verdictLines } from "./faults/report.ts";
import { play } from "./faults/run.ts";
import { buildStage } from "./faults/stage.ts";
import { runCommand } from "./local/run-command.ts";
import { untilSignal } from "./local/shutdown.ts";

/** How often bells are lost, doubled and late, as shares of all; Cloudflare promises better. */
const BELLS = { drop: 0.05, double: 0.1, delay: 0.1 };

await runCommand(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(HELP);
  else await main(options);
});
// Everything is said and stopped; a connection that still waits for somebody who is gone holds up nothing.
process.exit();

async function main(options: FaultsOptions): Promise<void> {
  const stopping = new AbortController();
  void untilSignal().then(() => stopping.abort(new Error("Interrupted.")));
  const { seed, kinds } = options;
  const fates = kinds.has("bell dropped") ? BELLS : { drop: 0, double: 0, delay: 0 };
  const stage = await buildStage({ seed, ...fates }, say);
  const tally = createTally(say);
  let keep = true;
  try {
    say(`Seed ${seed}, ${options.seconds} s of load and faults …`);
    const evidence = await play(stage, options, { tally, say, interrupted: stopping.signal });
    const verdicts = checkAll(evidence);
    const bells = stage.workers.map((worker) => worker.bells());
    const counts = strikeCounts(tally.strikes(), bells);
    console.log(`\nFaults that struck: ${[...counts].map(([kind, count]) => `${kind} ${count}`).join(", ")}\n`);
    console.log(verdictLines(verdicts).join("\n"));
    const { workerLog: _, ...toKeep } = evidence;
    writeFileSync(join(stage.folder, "evidence.json"), JSON.stringify(toKeep, asPlain), { mode: 0o600 });
    const total = summary(evidence, verdicts, tally.strikes(), seed);
    keep = options.keep || total.violations.length > 0;
    if (keep) console.log(`\nKept for a look: ${stage.folder}`);
    console.log(`\n${JSON.stringify(total)}`);
    if (total.violations.length > 0) process.exitCode = 1;
  } catch (error) {
    if (!stopping.signal.aborted) console.log(`Kept for a look: ${stage.folder}`);
    keep = !stopping.signal.aborted;
    throw error;
  } finally {
    await stage.stop({ keep });
  }
}

function asPlain(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

function say(line: string): void {
  console.log(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${line}`);
}
