import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** What workerd has to be told of wrangler.toml: the queue of each binding, and what the Worker is compatible with. */
export type WranglerToml = { queues: Record<string, string>; compatibilityDate: string; compatibilityFlags: string[] };

/** Read by its lines: nothing more of TOML is needed. */
export function readWranglerToml(): WranglerToml {
  const toml = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  const producers = toml.matchAll(/^\[\[queues\.producers\]\]\nbinding = "(\w+)"\nqueue = "([\w-]+)"$/gm);
  const queues = Object.fromEntries([...producers].map(([, binding = "", queue = ""]) => [binding, queue]));
  const compatibilityDate = /^compatibility_date = "([\d-]+)"$/m.exec(toml)?.[1];
  const flags = /^compatibility_flags = \[([^\]]*)\]/m.exec(toml)?.[1];
  if (compatibilityDate === undefined || flags === undefined || Object.keys(queues).length === 0) {
    throw new Error("wrangler.toml names no compatibility date, no flags or no queues.");
  }
  return { queues, compatibilityDate, compatibilityFlags: flags.match(/\w+/g) ?? [] };
}
