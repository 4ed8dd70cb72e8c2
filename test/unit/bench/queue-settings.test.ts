import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readQueueSettings } from "../../../bench/broker/queue-settings.ts";

const OWN = readFileSync(join(import.meta.dirname, "../../../wrangler.toml"), "utf8");

test("reads what a consumer says, and the platform's defaults where it says nothing", () => {
  const toml = `[[queues.consumers]]
queue = "one" # the first
max_batch_size = 48
max_batch_timeout = 0
max_retries = 5
max_concurrency = 10
retry_delay = 7
dead_letter_queue = "dead"

[[queues.consumers]]
queue = "two"

[vars]
max_batch_size = 3
`;
  const [one, two, ...others] = readQueueSettings(toml);
  expect(one).toEqual({
    name: "one",
    batchSize: 48,
    batchTimeout: 0,
    concurrency: 10,
    retries: 5,
    retryDelay: 7_000,
    deadLetterQueue: "dead",
  });
  expect(two).toEqual({
    name: "two",
    batchSize: 10,
    batchTimeout: 5_000,
    concurrency: 250,
    retries: 3,
    retryDelay: 0,
    deadLetterQueue: null,
  });
  expect(others).toEqual([]);
});

test("finds a consumer for each queue that this Worker sends to", () => {
  const consumers = readQueueSettings(OWN).map(({ name }) => name);
  const producers = [...OWN.matchAll(/^\[\[queues\.producers\]\]\nbinding = "\w+"\nqueue = "([\w-]+)"/gm)];
  expect(producers.length).toBeGreaterThan(0);
  expect(consumers).toEqual(expect.arrayContaining(producers.map(([, queue]) => queue)));
});

test("refuses a file without consumers", () => {
  expect(() => readQueueSettings('name = "notify-api"\n')).toThrow("no consumer");
});
