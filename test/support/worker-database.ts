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

/** A migrated database of its own for the tests that run inside workerd; real MariaDB, through the bridge. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = scratchFolder("worker");
  const silent = () => undefined;
  const server = await startDatabase({ name: "notify", dataDir: join(folder.path, "mariadb"), log: silent });
  const mysqlUrl = await createDatabaseBeside(server.url);
  const bridge = await startBridge({ mysqlUrl, port: 0, username: "test", password: "test" });
  await migrateDatabase({ databaseUrl: bridge.url, log: silent });
  project.provide("databaseUrl", bridge.url);
  return async () => {
    await bridge.stop();
    await dropDatabase(mysqlUrl);
    await server.stop();
    folder.remove();
  };
}
