import { createServer, request, Agent, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createHeldQueue, type HeldQueue, type QueueCounts } from "./held-queue.ts";
import type { QueueSettings } from "./queue-settings.ts";
import { readFate, readSent, TAKEN, type BatchFate, type SentMessage } from "./queue-wire.ts";

/** The header that names the queue: workerd adds it to whatever a queue's binding sends. */
const QUEUE_HEADER = "x-queue";

/** workerd closes connections that were idle for 5 s; a batch must not meet one that is being closed. */
const IDLE_MS = 3_000;

/**
 * What becomes of messages: `lost` drops each that comes, `held` keeps all back, `heard` delivers them to the front
 * (`parts/front.js`) at this URL.
 */
export type BrokerOrder = { bells: "lost" | "held" } | { bells: "heard"; frontUrl: string };

/** `lost`: messages that were dropped so far. Queues by name. */
export type BrokerStats = { lost: number; queues: Record<string, QueueCounts> };

/** Queue bindings lead to the port. The control takes a BrokerOrder by POST and answers BrokerStats. */
export type Broker = { port: number; controlUrl: string; stop: () => Promise<void> };

/**
 * Cloudflare Queues as far as their settings go: batches, concurrency, delays, retries and dead letters. Everything is
 * in memory and ends with the process. Begins with `lost`, as a sink.
 */
export async function startBroker(settings: readonly QueueSettings[]): Promise<Broker> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const queues = new Map<string, HeldQueue>();
  let order: BrokerOrder = { bells: "lost" };
  let lost = 0;
  const surroundings = {
    now: Date.now,
    after: (ms: number, run: () => void) => void setTimeout(run, ms),
    deliver: (queue: string, bodies: readonly string[]) =>
      post(agent, `${order.bells === "heard" ? order.frontUrl : ""}/queue/${queue}`, `[${bodies.join(",")}]`),
    bury: (queue: string, messages: readonly SentMessage[]) => queues.get(queue)?.put(messages),
  };
  for (const one of settings) queues.set(one.name, createHeldQueue(one, surroundings));

  const obey = (next: BrokerOrder) => {
    order = next;
    for (const queue of queues.values()) queue.setHeld(next.bells !== "heard");
  };
  const stats = (): BrokerStats => ({
    lost,
    queues: Object.fromEntries([...queues].map(([name, queue]) => [name, queue.counts()])),
  });
  const answer = (incoming: IncomingMessage, body: string): string => {
    const path = incoming.url ?? "";
    if (path === "/control") {
      if (body !== "") obey(JSON.parse(body) as BrokerOrder);
      return JSON.stringify(stats());
    }
    const name = String(incoming.headers[QUEUE_HEADER]);
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`There is no queue ${name}.`);
    const messages = readSent(path, incoming.headers, body);
    if (order.bells === "lost") lost += messages.length;
    else queue.put(messages);
    return TAKEN;
  };

  const server = createServer((incoming, response) => {
    readText(incoming)
      .then((body) => response.writeHead(200, { "content-type": "application/json" }).end(answer(incoming, body)))
      .catch((error: unknown) => {
        console.error(error);
        response.destroy();
      });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    controlUrl: `http://127.0.0.1:${port}/control`,
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Rejects when there is no answer, or none that can be understood. */
function post(agent: Agent, url: string, body: string): Promise<BatchFate> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      readText(answer)
        .then((text) => resolve(readFate(text)))
        .catch(reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function readText(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
