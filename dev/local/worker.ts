import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");

/** Longest time that the Worker may take to answer its first request, in ms. */
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;

/** The Worker under `wrangler dev`, as a process of its own. */
export type WorkerProcess = {
  url: string;
  /** Rings the cron trigger, which does not fire by itself here; ends when the run has ended. */
  ringCron: () => Promise<void>;
  /** Ends when the process has ended, whoever ended it. */
  ended: Promise<void>;
  stop: () => Promise<void>;
};

export type WorkerOptions = {
  /** Where its configuration and state are kept; made if missing. */
  folder: string;
  port: number;
  /** Settings and secrets by the names in wrangler.toml. */
  vars: Record<string, string>;
  /** Takes the lines that it prints. */
  onLine: (line: string) => void;
};

/** Starts the Worker and waits until it answers. Throws what it printed when it does not come up. */
export async function startWorker({ folder, port, vars, onLine }: WorkerOptions): Promise<WorkerProcess> {
  const url = `http://127.0.0.1:${port}`;
  const printed: string[] = [];
  const child = spawnWrangler(folder, port, vars, (line) => {
    printed.push(line);
    if (printed.length > 100) printed.shift();
    onLine(line);
  });
  const ended = once(child, "exit").then(() => undefined);
  const stop = () => stopProcess(child, ended);
  const gone = new AbortController();
  child.once("exit", () => gone.abort(new Error("The Worker has ended.")));
  killWithUs(child);
  const isUp = await waitForAnswer(`${url}/health`, child);
  if (!isUp) {
    await stop();
    throw new Error(`The Worker did not start. It printed:\n${printed.join("\n")}`);
  }
  return { url, ended, stop, ringCron: () => ringCron(url, gone.signal) };
}

/**
 * A configuration of its own folder, so that several Workers can run side by side, and so that nobody's
 * .dev.vars takes part: wrangler reads that file beside the configuration.
 */
function writeConfig(folder: string, vars: Record<string, string>): string {
  mkdirSync(folder, { recursive: true });
  const from = (path: string) => relative(folder, join(ROOT, path)).replaceAll("\\", "/");
  const ours = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  // wrangler takes from .dev.vars what the configuration names, and leaves out the rest without a word.
  const secrets = Object.keys(vars).filter((name) => !new RegExp(`^${name} = `, "m").test(ours));
  const toml = ours
    .replace(/^main = .*$/m, `main = "${from("src/index.ts")}"`)
    .replace(/^directory = .*$/m, `directory = "${from("public")}"`)
    .replace(/^required = .*$/m, `required = ${JSON.stringify(secrets)}`);
  const file = join(folder, "wrangler.toml");
  writeFileSync(file, toml);
  writeFileSync(join(folder, ".dev.vars"), envFile(vars), { mode: 0o600 });
  return file;
}

/** Settings in the form of a .dev.vars file. */
export function envFile(vars: Record<string, string>): string {
  return Object.entries(vars)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join("");
}

/** In the first quotes that do not occur in it: the file has no way to write them. */
function quoted(value: string): string {
  const quote = ['"', "'", "`"].find((one) => !value.includes(one)) ?? '"';
  return `${quote}${value}${quote}`;
}

function spawnWrangler(
  folder: string,
  port: number,
  vars: Record<string, string>,
  onLine: (line: string) => void,
): ChildProcess {
  const config = writeConfig(folder, vars);
  const flags = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0", "--local"];
  const child = spawn(
    join(BIN, "wrangler"),
    [
      "dev",
      "--config",
      config,
      ...flags,
      "--persist-to",
      join(folder, "state"),
      "--show-interactive-dev-session=false",
    ],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: Ctrl-C reaches us alone, and we stop the parts in order.
      detached: true,
      env: {
        ...process.env,
        PATH: `${BIN}${delimiter}${process.env["PATH"] ?? ""}`,
        CI: "1",
        NO_COLOR: "1",
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_SEND_ERROR_REPORTS: "false",
        WRANGLER_HIDE_BANNER: "true",
        WRANGLER_LOG_PATH: join(folder, "logs"),
        WRANGLER_REGISTRY_PATH: join(folder, "registry"),
      },
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.filter((line) => line.trim() !== "").forEach(onLine);
    });
  }
  return child;
}

/** However this program or wrangler ends, nothing that wrangler started outlives it. */
function killWithUs(child: ChildProcess): void {
  const kill = () => killGroup(child, "SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => {
    process.off("exit", kill);
    kill();
  });
}

function killGroup({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: all of them have ended already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function waitForAnswer(url: string, child: ChildProcess): Promise<boolean> {
  const end = Date.now() + START_WITHIN_MS;
  while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (answer?.ok) return true;
    await pause(100);
  }
  return false;
}

async function ringCron(url: string, gone: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([gone, AbortSignal.timeout(90_000)]);
  const answer = await fetch(`${url}/cdn-cgi/local/scheduled`, { signal });
  await answer.arrayBuffer();
}

async function stopProcess(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  killGroup(child, "SIGTERM");
  const inTime = await Promise.race([ended.then(() => true), pause(STOP_WITHIN_MS, false, { ref: false })]);
  if (!inTime) killGroup(child, "SIGKILL");
  await ended;
}
