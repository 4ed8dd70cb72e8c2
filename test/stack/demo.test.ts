import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

test("the demo's day ends as it expects, is summed up in the last line, and leaves nothing behind", async () => {
  const { code, stdout, pid } = await runDemo();

  expect(code, stdout).toBe(0);
  const totals = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, number>;
  expect(Object.keys(totals)).toEqual(["accepted", "sent", "delivered", "failed", "skipped", "seconds"]);
  expect(totals["accepted"]).toBeGreaterThanOrEqual(30);
  expect(totals["sent"]).toBeGreaterThanOrEqual(totals["accepted"] ?? 0);
  expect(existsSync(join(ROOT, `.cloud/demo-${pid}`))).toBe(false);
}, 90_000);

/** Runs it as `npm run demo` does; ends it when the test runs out of time. */
async function runDemo(): Promise<{ code: number | null; stdout: string; pid: number | undefined }> {
  const child = spawn(process.execPath, ["dev/demo.ts"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 85_000,
  });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "exit") as Promise<[number | null]>]);
  return { code, stdout, pid: child.pid };
}
