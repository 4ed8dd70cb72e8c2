import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, DatabaseError } from "@planetscale/database";
import { startBridge } from "../../dev/bridge/bridge.ts";
import type { Bridge } from "../../dev/bridge/bridge.ts";
import { createDatabaseBeside, dropDatabase, startDatabase } from "../../dev/database.ts";

/** A bridge before an empty database of its own, on MYSQL_URL's server or on a private MariaDB. */
export type TestBridge = { bridge: Bridge; client: Client; mysqlUrl: string; stop: () => Promise<void> };

export async function startTestBridge(options: { transactionTimeoutMs?: number } = {}): Promise<TestBridge> {
  const dataDir = await mkdtemp(join(tmpdir(), "notify-bridge-"));
  const database = await startDatabase({ name: "notify", dataDir, log: () => undefined });
  const mysqlUrl = await createDatabaseBeside(database.url);
  const bridge = await startBridge({ mysqlUrl, port: 0, username: "tester", password: "secret", ...options });
  const stop = async (): Promise<void> => {
    await bridge.stop();
    await dropDatabase(mysqlUrl);
    await database.stop();
    await rm(dataDir, { recursive: true });
  };
  return { bridge, client: new Client({ url: bridge.url }), mysqlUrl, stop };
}

/** A table name of the caller's own. */
export function tableName(prefix: string): string {
  return `${prefix}_${randomBytes(4).toString("hex")}`;
}

/** The error that the driver throws for a statement; fails if it throws none. */
export async function databaseErrorOf(work: Promise<unknown>): Promise<DatabaseError> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof DatabaseError) return outcome;
  throw new Error("The statement was expected to fail with a DatabaseError", { cause: outcome });
}

/** A request to the bridge as the driver would make it, answer and status untouched. */
export async function callBridge(
  bridge: Bridge,
  method: string,
  body: object | string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { username, password, origin } = new URL(bridge.url);
  const response = await fetch(`${origin}/psdb.v1alpha1.Database/${method}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Basic ${btoa(`${username}:${password}`)}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
