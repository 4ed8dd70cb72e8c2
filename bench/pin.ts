import { execFileSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";

/** Workers have a processor to themselves; generator, providers and database share the other one. */
export const CPU = { surroundings: 0, workerd: 1 } as const;

let possible: boolean | undefined;

/** Whether processes can be kept on one processor here: `taskset` is Linux's. */
export function canPin(): boolean {
  possible ??= availableParallelism() >= 2 && pin(process.pid, CPU.surroundings);
  return possible;
}

/** Keeps a process, and all that it starts from now on, on one processor; does nothing where that cannot be. */
export function pinTo(pid: number, cpu: number): void {
  if (canPin()) pin(pid, cpu);
}

/** Lets a process use every processor again. */
export function unpin(pid: number): void {
  if (canPin()) pin(pid, `0-${cpus().length - 1}`);
}

function pin(pid: number, which: number | string): boolean {
  try {
    execFileSync("taskset", ["-a", "-c", "-p", String(which), String(pid)], { stdio: "ignore" });
    return true;
  } catch {
    // No taskset, or not allowed: the bench says in its heading that nothing was pinned.
    return false;
  }
}
