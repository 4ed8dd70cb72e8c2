import { createWriteStream, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { createDatabaseBeside, dropDatabase } from "../database.ts";
import { describeAddress, formatMysqlUrl, parseMysqlUrl } from "../database/mysql-url.ts";
import { startLocalCloud, type LocalCloud } from "../local/cloud.ts";
import { findFreePort } from "../free-port.ts";
import { startWorker, type WorkerProcess } from "../local/worker.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Everything that the demo plays on: a local cloud and a Worker of its own, on free ports. */
export type Stage = {
  cloud: LocalCloud;
  worker: WorkerProcess;
  /** Where to look when something went wrong. */
  place: string;
  /** Stops everything; removes folder and database unless they are kept. */
  clear: (options: { keep: boolean }) => Promise<void>;
};

/** Builds the stage in `.cloud/<name>-<pid>`; what the Worker prints goes to `worker.log` in there. */
export async function buildStage(log: (line: string) => void, name = "demo"): Promise<Stage> {
  const folder = join(ROOT, `.cloud/${name}-${process.pid}`);
  // The process id may have been that of another run, whose folder was kept.
  await rm(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const mysqlUrl = await ownDatabase();
  const beside = mysqlUrl === undefined ? "" : ` and the database ${describeAddress(parseMysqlUrl(mysqlUrl))}`;
  const place = `${relative(process.cwd(), folder)}${beside}`;
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  };
  try {
    const port = await findFreePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const database = mysqlUrl === undefined ? {} : { mysqlUrl };
    const cloud = await startLocalCloud({ folder, firstPort: 0, publicUrl, pace: "fast", log, ...database });
    stops.push(cloud.stop);
    const output = createWriteStream(join(folder, "worker.log"));
    stops.push(() => new Promise((resolve) => output.end(resolve)));
    log("Starting the Worker …");
    const worker = await startWorker({
      folder: join(folder, "worker"),
      port,
      vars: cloud.vars,
      onLine: (line) => output.write(`${line}\n`),
    });
    stops.push(worker.stop);
    const clear = async ({ keep }: { keep: boolean }) => {
      await stopAll();
      if (keep) return;
      await rm(folder, { recursive: true, force: true });
      if (mysqlUrl !== undefined) await dropDatabase(mysqlUrl);
    };
    return { cloud, worker, place, clear };
  } catch (error) {
    await stopAll();
    log(`The ${name} could not start. Kept for a look: ${place}`);
    throw error;
  }
}

/** A database of the demo's own on the server that MYSQL_URL names; undefined where it names none. */
async function ownDatabase(): Promise<string | undefined> {
  const named = process.env["MYSQL_URL"] ?? "";
  if (named === "") return undefined;
  return createDatabaseBeside(formatMysqlUrl(parseMysqlUrl(named, "notify")));
}
