import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { findFreePort } from "../free-port.ts";
import type { OwnProcess, Processes } from "../rig/processes.ts";
import { untilAnswers } from "../rig/until-answers.ts";
import { readWranglerToml } from "../rig/wrangler-toml.ts";
import { workerdConfig, type BellFate } from "./workerd-config.ts";

export type BellCounts = { rung: number; dropped: number; doubled: number; delayed: number; dead: number };

/** One workerd with the built Worker and queues of its own. It keeps its address over restarts. */
export type Workerd = {
  name: string;
  port: number;
  url: string;
  /** Starts a new process and waits until it answers. */
  start: () => Promise<void>;
  /** kill -9; ends when the process is gone. */
  kill: () => Promise<void>;
  freeze: () => void;
  thaw: () => void;
  /** Rings the cron trigger for as long as `signal` lets it; a run takes up to a minute. */
  keepRinging: (signal: AbortSignal) => Promise<void>;
  /** Looks at the queues, as far as they answer. */
  countBells: () => Promise<void>;
  /** What became of all bells so far, as last seen. */
  bells: () => BellCounts;
};

export type WorkerdOptions = {
  name: string;
  folder: string;
  bundle: string;
  binary: string;
  port: number;
  vars: Record<string, string>;
  bells: BellFate;
  processes: Processes;
};

export async function createWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { name, port, processes } = options;
  const folder = join(options.folder, `workerd-${name}`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(options.bundle, "index.js"), join(folder, "index.js"));
  copyFileSync(join(import.meta.dirname, "parts/bell-queues.js"), join(folder, "bell-queues.js"));
  const ownPort = await findFreePort();
  const own = `http://127.0.0.1:${ownPort}`;
  const url = `http://127.0.0.1:${port}`;
  const toml = readWranglerToml();
  const counts: BellCounts[] = [];
  let running: OwnProcess | undefined;

  return {
    name,
    port,
    url,
    start: async () => {
      // A new process meets other fates than the one before, by the same seed.
      const bells = { ...options.bells, seed: options.bells.seed + 1_000 * counts.length };
      counts.push({ rung: 0, dropped: 0, doubled: 0, delayed: 0, dead: 0 });
      const settings = { ...toml, port, ownPort, vars: options.vars, bells };
      writeFileSync(join(folder, "config.capnp"), workerdConfig(settings), { mode: 0o600 });
      const started = processes.startProgram(
        `workerd-${name}`,
        options.binary,
        ["serve", "--experimental", "config.capnp"],
        folder,
      );
      running = started;
      await untilAnswers(`${url}/health`, started, `workerd-${name}`);
    },
    kill: async () => {
      running?.signal("SIGKILL");
      await running?.ended;
    },
    freeze: () => running?.signal("SIGSTOP"),
    thaw: () => running?.signal("SIGCONT"),
    keepRinging: async (signal) => {
      while (!signal.aborted) {
        const rung = fetch(`${own}/cron`, { signal: AbortSignal.any([signal, AbortSignal.timeout(90_000)]) });
        // It is down, or went down under the run: the next one begins as soon as it is back.
        await rung.then((answer) => answer.arrayBuffer()).catch(() => undefined);
        await pause(200);
      }
    },
    countBells: async () => {
      const of = counts.length - 1;
      const answer = await fetch(`${own}/stats`, { signal: AbortSignal.timeout(500) }).catch(() => null);
      if (answer?.ok === true && of === counts.length - 1) counts[of] = (await answer.json()) as BellCounts;
    },
    bells: () => counts.reduce(sum),
  };
}

function sum(left: BellCounts, right: BellCounts): BellCounts {
  return {
    rung: left.rung + right.rung,
    dropped: left.dropped + right.dropped,
    doubled: left.doubled + right.doubled,
    delayed: left.delayed + right.delayed,
    dead: left.dead + right.dead,
  };
}
