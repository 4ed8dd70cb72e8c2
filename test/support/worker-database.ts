import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startBridge } from "../../dev/bridge/bridge.ts";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { createDatabaseBeside, dropDatabase, startDatabase } from "../../dev/database.ts";
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
  const bridge = await startBridge({ mysqlUrl, port: 0, username: "test", password: "test" });
  await migrateDatabase({ databaseUrl: bridge.url, log: silent });
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
