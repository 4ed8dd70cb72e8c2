import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { untilSignal } from "../dev/local/shutdown.ts";
import type { Bench } from "./context.ts";
import type { Figure } from "./figure.ts";
import { FIGURES } from "./figures.ts";
import { exitCode, judge, type FigureVerdict } from "./judge.ts";
import type { LoadOrder, LoadReport } from "./load/order.ts";
import { describeMachine, machineLines } from "./machine.ts";
import { noiseInWords, unwatched, watchNoise } from "./noise.ts";
import { HELP, readOptions, type BenchOptions } from "./options.ts";
import { profileFigure } from "./profile/profile.ts";
import { table } from "./report.ts";
import { buildStage, type Stage } from "./stage.ts";

/** Neither met nor missed: it could not be measured. */
const NOT_MEASURED = 3;

try {
  const numbers = FIGURES.map(({ number }) => number);
  const options = readOptions(process.argv.slice(2), numbers);
  if (options === null) console.log(HELP);
  else process.exitCode = await main(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = NOT_MEASURED;
}
// Everything is said and stopped; a connection that is kept for another request holds up nothing.
process.exit();

async function main(options: BenchOptions): Promise<number> {
  const stopping = new AbortController();
  void untilSignal().then(() => stopping.abort(new Error("Interrupted.")));
  const interrupted = once(stopping.signal, "abort").then(() => stopping.signal.throwIfAborted());
  // Nobody waits for it while the stage is built, or after all is measured.
  interrupted.catch(() => undefined);
  const stage = await buildStage(say);
  let keep = true;
  try {
    const work = options.profile === null ? measureAll(stage, options) : profileOne(stage, options, options.profile);
    const code = await Promise.race([work, interrupted]);
    keep = options.keep || options.profile !== null;
    return code ?? NOT_MEASURED;
  } finally {
    keep &&= !stopping.signal.aborted;
    if (keep) console.log(`Kept for a look: ${stage.folder}`);
    await stage.stop({ keep });
  }
}

async function measureAll(stage: Stage, options: BenchOptions): Promise<number> {
  const began = performance.now();
  const machine = await describeMachine(stage);
  for (const line of machineLines(machine)) say(line);
  const bench = createBench(stage, options);
  const figures: FigureVerdict[] = [];
  const chosen = FIGURES.filter(({ number }) => options.only?.has(number) ?? true);
  for (const figure of chosen) {
    say(`${figures.length + 1} of ${chosen.length}: figure ${figure.number}, ${figure.title} …`);
    const verdict = await measureOne(bench, figure);
    figures.push(verdict);
    say(`    ${noiseInWords(verdict.noise)}`);
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const isWhole = figures.every(({ goals }) => goals.every(({ measured }) => measured !== null));
  const code = exitCode(figures);
  console.log(`\n${table(figures)}\n`);
  const missed = figures.filter(({ met }) => !met).map(({ number }) => number);
  const noisy = figures.filter((figure) => figure.noisy).map(({ number }) => number);
  console.log(missed.length === 0 ? "Every goal was met." : `Missed: ${missed.join(", ")}.`);
  if (noisy.length > 0) console.log(`Too noisy to judge, run it again on a quiet machine: ${noisy.join(", ")}.`);
  console.log(`Measured in ${seconds} s: ${commandLine()}`);
  if (options.json !== null) {
    const at = new Date().toISOString();
    const whole = {
      met: missed.length === 0,
      noisy: noisy.length > 0,
      at,
      seconds,
      command: commandLine(),
      machine,
      figures,
    };
    writeFileSync(options.json, `${JSON.stringify(whole, null, 2)}\n`);
  }
  // What failed may have left something in the folder that tells why.
  if (!isWhole) console.log(`Not all could be measured; logs are in ${stage.folder} if you add --keep.`);
  return code;
}

/** A figure that fails is told beside the others, and does not take them along. */
async function measureOne(bench: Bench, figure: Figure): Promise<FigureVerdict> {
  try {
    const { measured, noise } = await watchNoise(bench, figure);
    return judge(figure, measured, noise);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return judge(figure, { values: {}, notes: [`could not be measured: ${why}`] }, unwatched());
  }
}

async function profileOne(stage: Stage, options: BenchOptions, number: number): Promise<number> {
  for (const line of machineLines(await describeMachine(stage))) say(line);
  const figures = FIGURES.filter((figure) => figure.number === number);
  for (const figure of figures) console.log(`\n${await profileFigure(createBench(stage, options), figure)}\n`);
  return 0;
}

function createBench(stage: Stage, { quick, large }: BenchOptions): Bench {
  return {
    stage,
    quick,
    large,
    rounds: quick ? 2 : 5,
    windowMs: quick ? 500 : 1_500,
    warmUpMs: quick ? 100 : 400,
    load: async (order: LoadOrder) => {
      const answer = await fetch(stage.loadUrl, { method: "POST", body: JSON.stringify(order) });
      const report = (await answer.json()) as LoadReport & { error?: string };
      if (!answer.ok) throw new Error(report.error ?? "The load generator failed.");
      return report;
    },
    say,
  };
}

function commandLine(): string {
  const args = process.argv.slice(2);
  return ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" ");
}

function say(line: string): void {
  console.log(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${line}`);
}
