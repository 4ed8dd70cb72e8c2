import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test, vi } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** Longest time for a short run: its faults, the longest hold after them, and a machine that is busy with other tests. */
const WITHIN_MS = 280_000;

test(
  "kills, freezes, outages, lost bells and ambiguous answers lose nothing, send nothing twice, and leave nothing behind",
  async () => {
    const { code, stdout, pid } = await runFaults("--seconds", "20", "--seed", "7");

    expect(code, stdout).toBe(0);
    const total = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
    expect(total).toMatchObject({ lost: 0, duplicates: 0, unlogged: 0, outOfOrder: 0, violations: [] });
    expect(total["accepted"]).toBeGreaterThan(100);
    expect(total["kills"]).toBeGreaterThan(0);
    const folder = join(ROOT, `.cloud/faults-${pid}`);
    expect(existsSync(folder)).toBe(false);
    // The reaper outlives the harness by a moment.
    await vi.waitFor(() => expect(processesIn(folder)).toEqual([]), { timeout: 10_000 });
  },
  WITHIN_MS + 10_000,
);

/** Runs it as `npm run faults` does; ends it when the test runs out of time. */
async function runFaults(...args: string[]): Promise<{ code: number | null; stdout: string; pid: number | undefined }> {
  const child = spawn(process.execPath, ["dev/faults.ts", ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: WITHIN_MS,
  });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "exit") as Promise<[number | null]>]);
  return { code, stdout, pid: child.pid };
}

/** Processes that still work in a folder; known where there is /proc. */
function processesIn(folder: string): string[] {
  if (!existsSync("/proc")) return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).includes(folder);
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return false;
    }
  });
}
