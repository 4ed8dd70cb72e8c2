import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createDatabaseBeside, dropDatabase } from "../../dev/database.ts";
import { scratchFolder } from "../support/scratch-folder.ts";
import { until } from "./whole-service-kit.ts";

const ROOT = join(import.meta.dirname, "../..");
const folder = scratchFolder("dev-command");
const existing = process.env["MYSQL_URL"] ?? "";
const mysqlUrl = existing === "" ? "" : await createDatabaseBeside(existing);

afterAll(async () => {
  if (mysqlUrl !== "") await dropDatabase(mysqlUrl);
  folder.remove();
});

/** `npm run dev` as somebody starts it, on free ports and with data of its own. */
async function startDev() {
  const child = spawn(process.execPath, ["dev/up.ts", "--port", "0", "--data", folder.path], {
    cwd: ROOT,
    env: { ...process.env, MYSQL_URL: mysqlUrl },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  }
  const ended = once(child, "exit");
  await until(async () => printed.includes("Ctrl-C stops") || child.exitCode !== null, "npm run dev is up", 60_000);
  return {
    printed: () => printed,
    url: /is up at (\S+)/.exec(printed)?.[1] ?? "",
    token: /Bearer (\w+)/.exec(printed)?.[1] ?? "",
    body: /-d '(.*)'/.exec(printed)?.[1] ?? "",
    interrupt: async () => {
      child.kill("SIGINT");
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

it("prints a line to try, shows what arrives, stops cleanly, and keeps its data over a restart", async () => {
  const first = await startDev();
  const headers = { Authorization: `Bearer ${first.token}`, "Content-Type": "application/json" };
  const posted = await fetch(`${first.url}/`, { method: "POST", headers, body: first.body });
  expect(posted.status).toBe(202);
  await until(
    async () => ["→ sms", "→ email", "→ whatsapp"].every((line) => first.printed().includes(line)),
    "three messages are printed",
  );
  expect(await first.interrupt()).toBe(0);
  expect(processesNaming(folder.path)).toEqual([]);

  const second = await startDev();
  expect(second.token).toBe(first.token);
  const repeated = await fetch(`${second.url}/`, { method: "POST", headers, body: first.body });
  expect(repeated.headers.get("Idempotency-Replayed")).toBe("true");
  expect(await second.interrupt()).toBe(0);
}, 120_000);

/** Command lines of running processes that name a folder; `ps` is not everywhere, /proc not on macOS. */
function processesNaming(path: string): string[] {
  const lines = existsSync("/proc/self/cmdline")
    ? readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry) && existsSync(`/proc/${entry}/cmdline`))
        .map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"))
    : execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(path));
}
