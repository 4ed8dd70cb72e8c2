/** One queue as its consumer is set up. Times in ms. */
export type QueueSettings = {
  name: string;
  batchSize: number;
  batchTimeout: number;
  concurrency: number;
  retries: number;
  retryDelay: number;
  deadLetterQueue: string | null;
};

/** What holds where a consumer says nothing (https://developers.cloudflare.com/queues/configuration/configure-queues/). */
const DEFAULTS = {
  max_batch_size: 10,
  max_batch_timeout: 5,
  max_concurrency: 250,
  max_retries: 3,
  retry_delay: 0,
};

/** The consumers of a wrangler.toml, read by its lines: nothing more of TOML is needed. */
export function readQueueSettings(toml: string): QueueSettings[] {
  const tables = toml.matchAll(/^\[\[queues\.consumers\]\]\n((?:[^[\n].*\n|\n)*)/gm);
  const all = [...tables].map(([, lines = ""]) => readConsumer(lines));
  if (all.length === 0) throw new Error("wrangler.toml names no consumer of a queue.");
  return all;
}

function readConsumer(lines: string): QueueSettings {
  const texts = new Map(
    [...lines.matchAll(/^(\w+) = "?([^"#\n]*[^"#\s])/gm)].map(([, key = "", is = ""]) => [key, is]),
  );
  const number = (key: keyof typeof DEFAULTS) => Number(texts.get(key) ?? DEFAULTS[key]);
  const name = texts.get("queue");
  if (name === undefined) throw new Error("A consumer in wrangler.toml names no queue.");
  return {
    name,
    batchSize: number("max_batch_size"),
    batchTimeout: number("max_batch_timeout") * 1000,
    concurrency: number("max_concurrency"),
    retries: number("max_retries"),
    retryDelay: number("retry_delay") * 1000,
    deadLetterQueue: texts.get("dead_letter_queue") ?? null,
  };
}
