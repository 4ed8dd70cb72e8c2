import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ, which Linux fixes at 100 for all that it tells in `/proc`. */
const TICK_MS = 10;

/** CPU time that a process has used so far, all its threads together, in ms; null where there is no `/proc`. */
export function cpuMs(pid: number): number | null {
  const stat = readProc(`/proc/${pid}/stat`);
  return stat === null ? null : parseStat(stat);
}

/** The same of this process's children that have ended. */
export function endedChildrenCpuMs(): number {
  const stat = readProc("/proc/self/stat");
  return stat === null ? 0 : parseEndedChildren(stat);
}

/** The same of the threads that still run, finer than a tick: for a process that has just begun. */
export function threadsCpuMs(pid: number): number | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => sum + schedstatMs(`/proc/${pid}/task/${thread}/schedstat`), 0);
  } catch {
    // No /proc on this system, or a kernel that does not count this.
    return null;
  }
}

function schedstatMs(file: string): number {
  return Number(readFileSync(file, "utf8").split(" ")[0]) / 1e6;
}

/** utime + stime of `/proc/<pid>/stat`, in ms. */
export function parseStat(stat: string): number {
  const fields = fieldsOf(stat);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** cutime + cstime of `/proc/<pid>/stat`, in ms. */
export function parseEndedChildren(stat: string): number {
  const fields = fieldsOf(stat);
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

/** What follows the program's name, which may hold anything, even blanks and brackets. */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** What all processors of the machine have done since it started, in ms: how much was work, how much was taken away. */
export type MachineCpu = { busyMs: number; stealMs: number; totalMs: number };

export function machineCpu(): MachineCpu | null {
  const stat = readProc("/proc/stat");
  return stat === null ? null : parseMachineStat(stat);
}

/** The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. */
export function parseMachineStat(stat: string): MachineCpu {
  const [, ...ticks] = (stat.split("\n")[0] ?? "").trim().split(/\s+/).map(Number);
  const ms = ticks.slice(0, 8).map((count) => count * TICK_MS);
  const [, , , idle = 0, iowait = 0, , , stealMs = 0] = ms;
  const totalMs = ms.reduce((sum, one) => sum + one, 0);
  return { busyMs: totalMs - idle - iowait - stealMs, stealMs, totalMs };
}

function readProc(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // No /proc on this system, or the process is gone: either way there is nothing to tell.
    return null;
  }
}
