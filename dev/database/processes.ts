import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A running process; `started` tells it from a later one with the same id. */
export type ProcessFacts = { started: string; command: string };

/** Facts of a process, from /proc on Linux and from `ps` elsewhere; undefined if there is none. */
export function describeProcess(pid: number): ProcessFacts | undefined {
  try {
    return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  } catch {
    // Neither a missing /proc entry nor ps' exit code 1 says more than "no such process".
    return undefined;
  }
}

/** Waits until `condition` holds, looking every 20 ms; false if it did not within `timeoutMs`. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

function fromProc(pid: number): ProcessFacts | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // proc(5): the name in brackets may hold spaces; after it come state (field 3) to starttime (field 22).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z") return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  return { started: fields[19] ?? "", command };
}

function fromPs(pid: number): ProcessFacts | undefined {
  const ps = (format: string): string =>
    execFileSync("ps", ["-ww", "-o", `${format}=`, "-p", String(pid)], { encoding: "utf8", stdio: "pipe" }).trim();
  if (ps("state").startsWith("Z")) return undefined;
  return { started: ps("lstart"), command: `${ps("args")} ` };
}
