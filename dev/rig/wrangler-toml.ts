import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** What workerd has to be told of wrangler.toml: the queue of each binding, and the compatibility date. */
export type WranglerToml = { queues: Record<string, string>; compatibilityDate: string };

/** Read by its lines: nothing more of TOML is needed. */
export function readWranglerToml(): WranglerToml {
  const toml = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  const producers = toml.matchAll(/^\[\[queues\.producers\]\]\nbinding = "(\w+)"\nqueue = "([\w-]+)"$/gm);
  const queues = Object.fromEntries([...producers].map(([, binding = "", queue = ""]) => [binding, queue]));
  const compatibilityDate = /^compatibility_date = "([\d-]+)"$/m.exec(toml)?.[1];
  if (compatibilityDate === undefined || Object.keys(queues).length === 0) {
    throw new Error("wrangler.toml names no compatibility date or no queues.");
  }
  return { queues, compatibilityDate };
}
