import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { formatMysqlUrl } from "../dev/database/mysql-url.ts";
import { migrateDatabase } from "../dev/database/migrations.ts";
import { workerVars } from "../dev/local/cloud.ts";
import { keptKeys } from "../dev/local/keys.ts";
import { seedKeys } from "../dev/local/seed.ts";
import { buildBundle } from "../dev/rig/bundle.ts";
import { openDatabaseWitness, startMariadb, type DatabaseWitness, type Mariadb } from "../dev/rig/mariadb.ts";
import { createProcesses, type OwnProcess, type Processes } from "../dev/rig/processes.ts";
import { createEventKey, type EventKey } from "../dev/sandbox/sendgrid-webhook.ts";
import type { Contender } from "./contenders.ts";
import { seedEnterprises } from "./enterprises.ts";
import { canPin, CPU, pinTo } from "./pin.ts";
import type { Broker } from "./broker/broker.ts";
import type { Provider } from "./provider/provider.ts";
import { startContender, startService, type Service, type Workerd } from "./workerd.ts";

const ROOT = join(import.meta.dirname, "..");

/** What is used of a database lies in its memory, as in production; else its disk would be measured. */
const AMPLE_MEMORY = ["--innodb-buffer-pool-size=512M", "--innodb-log-file-size=256M"];

/** `statements`: how many have reached it so far. */
type CountedBridge = { url: string; statements: () => Promise<number>; stop: () => Promise<void> };
type BrokerFacts = Omit<Broker, "stop">;
type ProviderFacts = Omit<Provider, "stop">;

/** Everything that is measured and what it needs: processes of their own, so that the CPU time of each is known. */
export type Stage = {
  folder: string;
  /** Where the Worker lies as `wrangler deploy` would upload it. */
  bundle: string;
  mariadb: Mariadb;
  /** Asks the database past bridge and Worker. */
  database: DatabaseWitness;
  bridgeUrl: string;
  /** How many statements have reached the bridge so far. */
  statements: () => Promise<number>;
  /** A further bridge, to the database of this name, at a port of one's own or any. The caller stops it. */
  startBridge: (database: string, port?: number) => Promise<CountedBridge>;
  broker: BrokerFacts;
  provider: ProviderFacts;
  /** Signs what the Worker takes for SendGrid's events. */
  eventKey: EventKey;
  apiKey: string;
  /** The Worker's settings, by the names in wrangler.toml. */
  vars: Record<string, string>;
  /** The Worker that all figures share. */
  service: Service;
  /** A further workerd with the built Worker: a cold one, or one with other settings. The caller stops it. */
  startService: (vars?: Record<string, string>, inspector?: string) => Promise<Service>;
  /** The workerd of a contender, started when it is first asked for. */
  contender: (name: Contender) => Promise<Workerd>;
  /** A further workerd with a contender, which the caller stops. */
  startContender: (name: Contender) => Promise<Workerd>;
  loadUrl: string;
  processes: Processes;
  /** All processes that belong to the bench and still run, for what others on this machine do meanwhile. */
  pids: () => number[];
  stop: (options: { keep: boolean }) => Promise<void>;
};

export async function buildStage(log: (line: string) => void): Promise<Stage> {
  const folder = join(ROOT, `.cloud/bench-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pids = new Set([process.pid]);
  const processes = watched(createProcesses(folder, join(import.meta.dirname, "parts")), pids);
  const stops: (() => Promise<void>)[] = [() => processes.stopAll()];
  const stop = async ({ keep }: { keep: boolean }) => {
    for (const part of stops.splice(0).toReversed()) await part();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  const part = async <Facts>(name: string, options: object = {}): Promise<Facts> => {
    const { facts, process: started } = await processes.startPart(name, options);
    pinTo(started.pid, CPU.surroundings);
    return facts as Facts;
  };
  try {
    log("Building the Worker and starting what it needs …");
    const bundle = await buildBundle(folder);
    // The harness itself, and what it starts from here on unless told otherwise, stays with the surroundings.
    canPin();
    const keys = keptKeys(folder);
    const mariadb = await startMariadb(join(folder, "mariadb"), processes, AMPLE_MEMORY);
    stops.push(() => mariadb.stop());
    const database = openDatabaseWitness(mariadb.address);
    stops.push(() => database.close());
    const startBridge = async (name: string, port = 0): Promise<CountedBridge> => {
      const mysqlUrl = formatMysqlUrl({ ...mariadb.address, database: name });
      const options = { mysqlUrl, port, username: "local", password: keys.bridgePassword };
      const { facts, process: started } = await processes.startPart("counted-bridge", options);
      pinTo(started.pid, CPU.surroundings);
      const { url, countUrl } = facts as { url: string; countUrl: string };
      return { url, statements: async () => Number(await (await fetch(countUrl)).text()), stop: () => end(started) };
    };
    const bridge = await startBridge(mariadb.address.database);
    await migrateDatabase({ databaseUrl: bridge.url, log: () => undefined });
    await database.query("CREATE TABLE bench_inserts LIKE deliveries");
    await seedKeys(bridge.url, [keys.apiKey]);
    await seedEnterprises(bridge.url);
    const broker = await part<BrokerFacts>("broker");
    const publicUrl = `http://127.0.0.1:${broker.port}`;
    const provider = await part<ProviderFacts>("provider", { latencyMs: 0 });
    const eventKey = createEventKey(keys.eventSigningKey);
    const providers = {
      ...provider,
      url: provider.controlUrl,
      sendgridPublicKey: eventKey.publicKey,
      resendWebhookSecret: keys.webhookSecret,
    };
    const vars = workerVars(bridge, providers, publicUrl);
    const { url: loadUrl } = await part<{ url: string }>("load");

    let started = 0;
    const named = (name: string) => ({ name: `${name}-${(started += 1)}`, folder, processes });
    const startOne = (changed: Record<string, string> = {}, inspector?: string) =>
      startService({
        ...named("service"),
        bundle,
        brokerPort: broker.port,
        vars: { ...vars, ...changed },
        ...(inspector === undefined ? {} : { inspector }),
      });
    const startOther = (name: Contender) => startContender(name, { ...named(name), vars });
    const contenders = new Map<Contender, Promise<Workerd>>();
    return {
      folder,
      bundle,
      mariadb,
      database,
      bridgeUrl: bridge.url,
      statements: bridge.statements,
      startBridge,
      broker,
      provider,
      eventKey,
      apiKey: keys.apiKey,
      vars,
      service: await startOne(),
      startService: startOne,
      contender: (name) => {
        const running = contenders.get(name) ?? startOther(name);
        contenders.set(name, running);
        return running;
      },
      startContender: startOther,
      loadUrl,
      processes,
      pids: () => [...pids, mariadb.pid()],
      stop,
    };
  } catch (error) {
    await stop({ keep: true });
    throw error;
  }
}

async function end(started: OwnProcess): Promise<void> {
  started.signal("SIGKILL");
  await started.ended;
}

/** Notes the processes that run. */
function watched(processes: Processes, pids: Set<number>): Processes {
  const note = (started: { pid: number; ended: Promise<void> }) => {
    pids.add(started.pid);
    void started.ended.then(() => pids.delete(started.pid));
  };
  return {
    ...processes,
    startProgram: (...args) => {
      const started = processes.startProgram(...args);
      note(started);
      return started;
    },
    startPart: async (...args) => {
      const started = await processes.startPart(...args);
      note(started.process);
      return started;
    },
  };
}
