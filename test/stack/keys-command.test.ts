import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "@planetscale/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBridge, type Bridge } from "../../dev/bridge/bridge.ts";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { startDatabase, type LocalDatabase } from "../../dev/database.ts";
import { readKeyId } from "../../src/domain/api-key.ts";
import { digestOf } from "../../src/domain/digest.ts";
import { scratchFolder } from "../support/scratch-folder.ts";

const COMMAND = join(import.meta.dirname, "../../dev/keys.ts");
const folder = scratchFolder("keys");
let database: LocalDatabase;
let bridge: Bridge;

beforeAll(async () => {
  const log = () => undefined;
  database = await startDatabase({ name: "notify", dataDir: join(folder.path, "mariadb"), log });
  bridge = await startBridge({ mysqlUrl: database.url, port: 0, username: "test", password: "test" });
  await migrateDatabase({ databaseUrl: bridge.url, log });
});

afterAll(async () => {
  await bridge?.stop();
  await database?.stop();
  folder.remove();
});

async function keys(...args: string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: bridge.url };
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args], { env });
  return stdout;
}

async function rows(statement: string, args: unknown[]): Promise<unknown[]> {
  return (await new Client({ url: bridge.url }).execute(statement, args)).rows;
}

test("a key is made, listed and revoked from the command line, and of its secret only the digest is kept", async () => {
  const made = await keys("create", "--name", "ops", "--scopes", "read,send", "--test");
  const key = /nk_test_\S+/.exec(made)?.[0] ?? "";
  const keyId = readKeyId(key) ?? "";

  expect(made).toContain(keyId);
  expect(await rows("SELECT digest, mode, scopes FROM api_keys WHERE key_id = ?", [keyId])).toEqual([
    { digest: await digestOf(key), mode: "test", scopes: "send,read" },
  ]);
  expect(await keys("list")).toMatch(new RegExp(`${keyId}.*send,read.*all enterprises.*ops.*never used`));
  expect(await keys("list")).not.toContain(key);
  expect(await keys("revoke", keyId)).toContain("is revoked");
  expect(await keys("revoke", keyId)).toContain("was revoked");
  expect(await rows("SELECT key_id, action FROM audit WHERE resource_id = ? ORDER BY audit_id", [keyId])).toEqual([
    { key_id: "cli", action: "created" },
    { key_id: "cli", action: "revoked" },
  ]);
});

test.each([
  [["create", "--name", "ops"], "takes --name and --scopes"],
  [["create", "--name", "ops", "--scopes", "root"], "There is no scope root"],
  [["create", "--name", "ops", "--scopes", "read", "--enterprise", "nobody"], "There is no enterprise nobody"],
  [["create", "--name", "ops", "--scopes", "read", "--expires", "2020-01-01T00:00:00Z"], "takes an instant ahead"],
  [["revoke", "key_none"], "There is no key key_none"],
  [["frobnicate"], "Say create, list or revoke"],
])("what cannot be done is told in words, with exit code 1: %j", async (args, reason) => {
  await expect(keys(...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
});
