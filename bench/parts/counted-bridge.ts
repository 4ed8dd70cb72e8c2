import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startBridge, type BridgeOptions } from "../../dev/bridge/bridge.ts";
import { servePart } from "../../dev/rig/parts/serve-part.ts";

/** The bridge, and beside it a door that tells how many statements have come in. */
servePart(async (options: BridgeOptions) => {
  const bridge = await startBridge(options);
  const counter = createServer((_, response) => response.end(String(bridge.statements()))).listen(0, "127.0.0.1");
  await once(counter, "listening");
  return { url: bridge.url, countUrl: `http://127.0.0.1:${(counter.address() as AddressInfo).port}` };
});
