import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** What SIGKILL has not ended by then is left to the reaper. */
const STOP_WITHIN_MS = 10_000;

const PARTS = join(import.meta.dirname, "parts");

/** One process that the harness started. */
export type OwnProcess = {
  pid: number;
  hasEnded: () => boolean;
  /** Sends a signal; one that has ended gets none. */
  signal: (signal: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM") => void;
  ended: Promise<void>;
};

/** A part that runs, with what it has said about itself. */
export type Part = { facts: unknown; process: OwnProcess };

/** Everything that the harness starts; nothing of it outlives the harness. */
export type Processes = {
  /** Runs a file of the part folders in a Node of its own; gives what it says about itself. */
  startPart: (name: string, options: object) => Promise<Part>;
  /** Runs a program; what it prints is added to `<name>.log`. */
  startProgram: (name: string, command: string, args: string[], cwd: string) => OwnProcess;
  /** Lets somebody else's child be ended with us too. */
  watch: (pid: number, runs: boolean) => void;
  stopAll: () => Promise<void>;
};

/** `folder`: where the logs of all processes go. `ownParts`: a folder of parts beside those that are here. */
export function createProcesses(folder: string, ownParts?: string): Processes {
  const all = new Set<OwnProcess>();
  const reaper = fork(join(PARTS, "reaper.ts"), [], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  reaper.unref();
  reaper.channel?.unref();
  const watch = (pid: number, runs: boolean) => void (reaper.connected && reaper.send({ pid, runs }));

  const adopt = (child: ChildProcess): OwnProcess => {
    const { pid } = child;
    if (pid === undefined) throw new Error(`${child.spawnfile} could not be started.`);
    const own: OwnProcess = {
      pid,
      hasEnded: () => child.exitCode !== null || child.signalCode !== null,
      signal: (signal) => void child.kill(signal),
      ended: once(child, "exit").then(() => {
        all.delete(own);
        watch(pid, false);
      }),
    };
    all.add(own);
    watch(pid, true);
    return own;
  };
  const logOf = (name: string) => openSync(join(folder, `${name}.log`), "a", 0o600);

  return {
    watch,
    startProgram: (name, command, args, cwd) => {
      const log = logOf(name);
      try {
        return adopt(spawn(command, args, { cwd, stdio: ["ignore", log, log], detached: true }));
      } finally {
        closeSync(log);
      }
    },
    startPart: async (name, options) => {
      const log = logOf(name);
      const child = fork(findPart(name, ownParts), [], {
        cwd: folder,
        stdio: ["ignore", log, log, "ipc"],
        detached: true,
      });
      closeSync(log);
      const own = adopt(child);
      child.send(options);
      const said = once(child, "message") as Promise<[unknown]>;
      const words = await Promise.race([said, own.ended.then(() => null)]);
      if (words === null) throw new Error(`The ${name} did not start; see ${join(folder, `${name}.log`)}.`);
      return { facts: words[0], process: own };
    },
    stopAll: async () => {
      const ends = [...all].map((own) => {
        own.signal("SIGKILL");
        return own.ended;
      });
      await Promise.race([Promise.all(ends), pause(STOP_WITHIN_MS)]);
      if (reaper.connected) reaper.disconnect();
    },
  };
}

function findPart(name: string, ownParts: string | undefined): string {
  const own = ownParts === undefined ? undefined : join(ownParts, `${name}.ts`);
  return own !== undefined && existsSync(own) ? own : join(PARTS, `${name}.ts`);
}
