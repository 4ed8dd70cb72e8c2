import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

test("the quick start can be walked by whoever types its commands", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["dev/tour.ts"], { cwd: ROOT });

  expect(stdout).toContain("All 11 steps were answered as docs/quick-start.md says.");
}, 120_000);
