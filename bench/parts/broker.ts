import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { servePart } from "../../dev/rig/parts/serve-part.ts";

/** What a queue answers to a producer. */
const TAKEN = JSON.stringify({
  metadata: { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: 0 } },
});

/** Where the Worker's queue bindings lead: a sink. The queue's name is in `x-queue`. */
servePart(async () => {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(TAKEN));
  }).listen(0, "127.0.0.1");
  server.keepAliveTimeout = 0;
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, controlUrl: `http://127.0.0.1:${port}` };
});
