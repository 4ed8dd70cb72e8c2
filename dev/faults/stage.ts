import { rmSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { formatMysqlUrl } from "../database/mysql-url.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { findFreePort } from "../free-port.ts";
import { workerVars } from "../local/cloud.ts";
import { keptKeys } from "../local/keys.ts";
import { seedKeys } from "../local/seed.ts";
import type { Bridge } from "../bridge/bridge.ts";
import type { Sandbox } from "../sandbox/server.ts";
import { buildBundle, findWorkerd } from "../rig/bundle.ts";
import { providerOptions, seedEnterprises } from "./load/enterprises.ts";
import { startMariadb, type Mariadb } from "../rig/mariadb.ts";
import { createProcesses } from "../rig/processes.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
import { TIMES } from "./times.ts";
import type { BellFate } from "./workerd-config.ts";
import { createWorkerd, type Workerd } from "./workerd.ts";

const ROOT = join(import.meta.dirname, "../..");

/** How long a message to a provider travels in quiet times, in ms. Without it no attempt would ever be caught open. */
export const PROVIDER_LATENCY_MS = 20;

/** Everything that a run plays on. All of it are processes of their own but the networks, which are the harness. */
export type Stage = {
  folder: string;
  mariadb: Mariadb;
  workers: [Workerd, Workerd];
  /** The networks before the database and before each provider, by name: `database`, `twilio`, … */
  networks: ReadonlyMap<string, TcpProxy>;
  /** Control API of the providers. */
  sandboxUrl: string;
  /** Where providers post callbacks: whichever workerd takes the connection. */
  publicUrl: string;
  apiKey: string;
  stop: (options: { keep: boolean }) => Promise<void>;
};

export async function buildStage(bells: BellFate, log: (line: string) => void): Promise<Stage> {
  const folder = join(ROOT, `.cloud/faults-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const processes = createProcesses(folder);
  const stops: (() => Promise<void>)[] = [() => processes.stopAll()];
  const stop = async ({ keep }: { keep: boolean }) => {
    for (const part of stops.splice(0).toReversed()) await part();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  const network = async (ports: number[], port = 0) => {
    const proxy = await startTcpProxy(ports, port);
    stops.push(() => proxy.close());
    return proxy;
  };
  try {
    log("Building the Worker and starting its surroundings …");
    const bundling = buildBundle(folder);
    const keys = keptKeys(folder);
    const mariadb = await startMariadb(join(folder, "mariadb"), processes);
    stops.push(() => mariadb.stop());
    const login = { username: "local", password: keys.bridgePassword };
    const bridgeOptions = { mysqlUrl: formatMysqlUrl(mariadb.address), port: 0, ...login };
    const bridge = (await processes.startPart("bridge", bridgeOptions)).facts as Pick<Bridge, "url">;
    await migrateDatabase({ databaseUrl: bridge.url, log: () => undefined });
    await seedKeys(bridge.url, [keys.apiKey]);
    await seedEnterprises(bridge.url);

    const ports: [number, number] = [await findFreePort(), await findFreePort()];
    const front = await network(ports);
    const publicUrl = `http://127.0.0.1:${front.port}`;
    const providers = providerOptions(publicUrl, keys.eventSigningKey);
    const sandbox = (await processes.startPart("sandbox", providers)).facts as Omit<Sandbox, "ledger" | "stop">;
    const networks = new Map<string, TcpProxy>();
    const through = async (name: string, url: string) => {
      const proxy = await network([portOf(url)]);
      networks.set(name, proxy);
      return url.replace(/:\d+$/, `:${proxy.port}`);
    };
    const distantBridge = { url: await through("database", bridge.url) };
    const distant = { ...sandbox };
    for (const key of ["twilioUrl", "sendgridUrl", "resendUrl"] as const) {
      distant[key] = await through(key.replace(/Url$/, ""), sandbox[key]);
      await networks.get(key.replace(/Url$/, ""))?.set({ kind: "pass", ms: PROVIDER_LATENCY_MS });
    }
    const vars = {
      ...workerVars(distantBridge, distant, publicUrl),
      TIMES: JSON.stringify(TIMES),
    };
    const bundle = await bundling;
    const binary = findWorkerd();
    const create = async (name: string, port: number, number: number) =>
      createWorkerd({
        name,
        folder,
        bundle,
        binary,
        port,
        vars,
        processes,
        bells: { ...bells, seed: bells.seed + number },
      });
    const workers: [Workerd, Workerd] = [await create("a", ports[0], 0), await create("b", ports[1], 1)];
    await Promise.all(workers.map((worker) => worker.start()));
    log(`Two workerd, MariaDB, bridge and providers run; their logs are in ${folder}`);
    return { folder, mariadb, workers, networks, sandboxUrl: sandbox.url, publicUrl, apiKey: keys.apiKey, stop };
  } catch (error) {
    await stop({ keep: true });
    throw error;
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
