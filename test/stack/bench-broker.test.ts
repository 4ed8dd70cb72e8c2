import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startBroker, type Broker, type BrokerOrder, type BrokerStats } from "../../bench/broker/broker.ts";
import { findWorkerd } from "../../dev/rig/bundle.ts";
import { findFreePort } from "../../dev/free-port.ts";

const QUEUE = {
  name: "bells",
  batchSize: 10,
  batchTimeout: 0,
  concurrency: 1,
  retries: 3,
  retryDelay: 0,
  deadLetterQueue: null,
};

/** Sends one message, then two together, by the bindings of queues that every Worker has. */
const PRODUCER = `export default { fetch: async (request, { BELLS }) => {
  if (new URL(request.url).pathname === "/") return new Response();
  await BELLS.send({ n: 1 });
  await BELLS.sendBatch([{ body: { n: 2 } }, { body: { n: "3 é" } }]);
  return new Response();
} };`;

let broker: Broker;
let workerd: ChildProcess;
let producerUrl: string;
let front: Server;
let frontUrl: string;
const folder = mkdtempSync(join(tmpdir(), "bench-broker-"));
const heard: { queue: string; body: unknown }[] = [];
let answers: object[] = [];

beforeAll(async () => {
  broker = await startBroker([QUEUE]);
  front = createServer((request, response) => void hear(request, response)).listen(0, "127.0.0.1");
  await vi.waitFor(() => expect(front.address()).not.toBeNull());
  frontUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const port = await findFreePort();
  producerUrl = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, "producer.js"), PRODUCER);
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "producer.js", esModule = embed "producer.js")],
      compatibilityDate = "2026-10-20",
      bindings = [(name = "BELLS", queue = "bells")])),
    (name = "bells", external = (
      address = "127.0.0.1:${broker.port}",
      http = (injectRequestHeaders = [(name = "x-queue", value = "bells")])))
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);`,
  );
  workerd = spawn(findWorkerd(), ["serve", "config.capnp"], { cwd: folder, stdio: "ignore" });
  await vi.waitFor(() => fetch(producerUrl), { timeout: 20_000, interval: 50 });
});

afterAll(async () => {
  workerd.kill("SIGKILL");
  front.close();
  front.closeAllConnections();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

const BELLS = [1, 2, "3 é"].map((n) => ({ queue: "/queue/bells", body: { n } }));

test("drops what a Worker sends until it is told where to deliver", async () => {
  await fetch(`${producerUrl}/send`);
  expect(await order()).toMatchObject({ lost: 3, queues: { bells: { waiting: 0, delivered: 0 } } });
});

test("keeps back what a Worker sends while it is told to, and delivers it then", async () => {
  await order({ bells: "held" });
  await fetch(`${producerUrl}/send`);
  expect(await order()).toMatchObject({ queues: { bells: { waiting: 3, delivered: 0 } } });
  await order({ bells: "heard", frontUrl });
  await vi.waitFor(async () => expect(await order()).toMatchObject({ queues: { bells: { delivered: 3 } } }));
  expect(heard.splice(0)).toEqual(BELLS);
});

test("delivers again what a consumer wants again, or broke off from", async () => {
  answers = [{ outcome: "ok", retryBatch: { retry: true, delaySeconds: 0 } }, { outcome: "exception" }];
  await order({ bells: "heard", frontUrl });
  await fetch(`${producerUrl}/send`);
  await vi.waitFor(() => expect(heard).toHaveLength(3));
  expect(heard.splice(0)).toEqual(expect.arrayContaining(BELLS));
});

async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = answers.shift() ?? { outcome: "ok", ackAll: true };
  const bodies = (await json(request)) as unknown[];
  if ("ackAll" in answer) heard.push(...bodies.map((body) => ({ queue: String(request.url), body })));
  response.end(JSON.stringify(answer));
}

async function order(given?: BrokerOrder): Promise<BrokerStats> {
  const body = given === undefined ? "" : JSON.stringify(given);
  return (await (await fetch(broker.controlUrl, { method: "POST", body })).json()) as BrokerStats;
}
