import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const CLOUD = join(import.meta.dirname, "../../.cloud");

/** A folder of this process alone; those of processes that have gone are removed on the way. */
export function scratchFolder(name: string): { path: string; remove: () => void } {
  mkdirSync(CLOUD, { recursive: true });
  for (const entry of readdirSync(CLOUD)) {
    const owner = /^scratch-.*-(\d+)$/.exec(entry)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) rmSync(join(CLOUD, entry), { recursive: true, force: true });
  }
  const path = join(CLOUD, `scratch-${name}-${process.pid}`);
  if (!existsSync(path)) mkdirSync(path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
