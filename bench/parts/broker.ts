import { readFileSync } from "node:fs";
import { join } from "node:path";
import { servePart } from "../../dev/rig/parts/serve-part.ts";
import { startBroker } from "../broker/broker.ts";
import { readQueueSettings } from "../broker/queue-settings.ts";

/** The queues of wrangler.toml. A sink, until it is told where to deliver. */
servePart(async () => {
  const toml = readFileSync(join(import.meta.dirname, "../../wrangler.toml"), "utf8");
  const { stop: _, ...facts } = await startBroker(readQueueSettings(toml));
  return facts;
});
