import { join } from "node:path";
import { Client } from "@planetscale/database";
import type { TestProject } from "vitest/node";
import { startBridge } from "../../dev/bridge/bridge.ts";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { createDatabaseBeside, dropDatabase, startDatabase } from "../../dev/database.ts";
import { seedKeys } from "../../dev/local/seed.ts";
import { ADMIN_KEY } from "./admin-key.ts";
import { scratchFolder } from "./scratch-folder.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

let stop = async (): Promise<void> => undefined;

/** A migrated database of its own for the tests that run inside workerd; real MariaDB, through the bridge. */
export async function setup(project: TestProject): Promise<void> {
  const folder = scratchFolder("worker");
  const silent = () => undefined;
  const server = await startDatabase({ name: "notify", dataDir: join(folder.path, "mariadb"), log: silent });
  const mysqlUrl = await createDatabaseBeside(server.url);
  const bridge = await startBridge({ mysqlUrl, port: 0, username: "test", password: "pa55-of-the-worker-tests" });
  await migrateDatabase({ databaseUrl: bridge.url, log: silent });
  await seedKeys(bridge.url, [ADMIN_KEY]);
  // Its use counts as noted for as long as tests run: those that count statements count none of that.
  await new Client({ url: bridge.url }).execute("UPDATE api_keys SET last_used_at = '2099-01-01'");
  project.provide("databaseUrl", bridge.url);
  stop = async () => {
    await bridge.stop();
    await dropDatabase(mysqlUrl);
    await server.stop();
    folder.remove();
  };
}

export function teardown(): Promise<void> {
  return stop();
}
