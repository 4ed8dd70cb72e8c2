import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { servePart } from "../../dev/rig/parts/serve-part.ts";
import { runLoad } from "../load/generator.ts";
import type { LoadOrder } from "../load/order.ts";

/** The load generator: plays the order that is posted, one at a time, and answers its report. */
servePart(async () => {
  const server = createServer((request, response) => {
    void play(request).then(({ status, answer }) => response.writeHead(status).end(JSON.stringify(answer)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});

async function play(request: IncomingMessage): Promise<{ status: number; answer: object }> {
  try {
    return { status: 200, answer: await runLoad((await json(request)) as LoadOrder) };
  } catch (error) {
    return { status: 500, answer: { error: error instanceof Error ? error.message : String(error) } };
  }
}
