import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "@planetscale/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBridge, type Bridge } from "../../dev/bridge/bridge.ts";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { startDatabase, type LocalDatabase } from "../../dev/database.ts";
import type { Finding } from "../../dev/doctor/finding.ts";
import { scratchFolder } from "../support/scratch-folder.ts";

const folder = scratchFolder("doctor");
let database: LocalDatabase;
let bridge: Bridge;

beforeAll(async () => {
  database = await startDatabase({ name: "notify", dataDir: join(folder.path, "mariadb"), log: () => undefined });
  bridge = await startBridge({ mysqlUrl: database.url, port: 0, username: "test", password: "test" });
});

afterAll(async () => {
  await bridge?.stop();
  await database?.stop();
  folder.remove();
});

/** What is wrong, by what it is about. */
async function wrongs(databaseUrl: string): Promise<string[]> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const command = join(import.meta.dirname, "../../dev/doctor.ts");
  const run = promisify(execFile)(process.execPath, [command, "--json"], { env });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return (JSON.parse(stdout) as Finding[]).filter(({ level }) => level === "error").map(({ about }) => about);
}

test("the doctor knows a database that is away, one without tables, and one without keys", async () => {
  expect(await wrongs("http://test:test@127.0.0.1:1")).toContain("DATABASE_URL");
  expect(await wrongs(bridge.url)).toContain("migrations");

  await migrateDatabase({ databaseUrl: bridge.url, log: () => undefined });
  await new Client({ url: bridge.url }).execute(
    "UPDATE gateways SET account = 'nobody' WHERE gateway_id = 'gw_twilio'",
  );

  expect(await wrongs(bridge.url)).toEqual(expect.arrayContaining(["keys", "gw_twilio"]));
  expect(await wrongs(bridge.url)).not.toContain("migrations");
});
