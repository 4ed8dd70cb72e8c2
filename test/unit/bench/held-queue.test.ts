import { describe, expect, test } from "vitest";
import { createHeldQueue } from "../../../bench/broker/held-queue.ts";
import type { BatchFate } from "../../../bench/broker/queue-wire.ts";

const SETTINGS = {
  name: "one",
  batchSize: 3,
  batchTimeout: 0,
  concurrency: 2,
  retries: 1,
  retryDelay: 5_000,
  deadLetterQueue: "dead",
};

/** A queue whose time stands still until `pass`, and whose consumers answer when they are told to. */
function setUp(changed: Partial<typeof SETTINGS> = {}) {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const batches: { bodies: readonly string[]; answer: (fate: BatchFate) => void; fail: () => void }[] = [];
  const buried: string[] = [];
  const queue = createHeldQueue(
    { ...SETTINGS, ...changed },
    {
      now: () => now,
      after: (ms, run) => timers.push({ at: now + ms, run }),
      deliver: (_, bodies) =>
        new Promise((resolve, reject) => batches.push({ bodies, answer: resolve, fail: () => reject(new Error()) })),
      bury: (deadLetterQueue, messages) => buried.push(...messages.map(({ json }) => `${deadLetterQueue} ${json}`)),
    },
  );
  const put = (...bodies: string[]) => queue.put(bodies.map((json) => ({ json, delayMs: 0 })));
  const pass = (ms: number) => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { run } of due) run();
  };
  const settle = async (number: number, fate: BatchFate | "fails") => {
    if (fate === "fails") batches[number]?.fail();
    else batches[number]?.answer(fate);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, put, pass, settle, buried, heard: () => batches.map(({ bodies }) => bodies.join("")) };
}

const HEARD: BatchFate = { kind: "heard" };

describe("a batch", () => {
  test("goes out at once without a batch timeout, with all that was sent together", () => {
    const { put, heard } = setUp();
    put("a", "b");
    expect(heard()).toEqual(["ab"]);
  });

  test("goes out when its oldest message has waited for the batch timeout", () => {
    const { put, pass, heard } = setUp({ batchTimeout: 1_000 });
    put("a");
    pass(600);
    put("b");
    expect(heard()).toEqual([]);
    pass(400);
    expect(heard()).toEqual(["ab"]);
  });

  test("goes out before that when it is full", () => {
    const { put, heard } = setUp({ batchTimeout: 1_000 });
    put("a", "b", "c", "d");
    expect(heard()).toEqual(["abc"]);
  });
});

describe("a consumer", () => {
  test("is joined by another one only when a full batch waits, and by no more than are allowed", () => {
    const { put, heard } = setUp();
    put("a");
    put("b", "c");
    expect(heard()).toEqual(["a"]);
    put("d");
    expect(heard()).toEqual(["a", "bcd"]);
    put("e", "f", "g");
    expect(heard()).toEqual(["a", "bcd"]);
  });

  test("takes what has waited for it when it is done", async () => {
    const { put, settle, heard, queue } = setUp();
    put("a");
    put("b", "c");
    await settle(0, HEARD);
    expect(heard()).toEqual(["a", "bc"]);
    expect(queue.counts()).toMatchObject({ delivered: 1, inFlight: 2, waiting: 0, batches: 2 });
  });

  test("that throws gets its batch again after the retry delay, one that asks after its own", async () => {
    const { put, pass, settle, heard } = setUp({ retries: 2 });
    put("a");
    await settle(0, "fails");
    pass(4_999);
    expect(heard()).toEqual(["a"]);
    pass(1);
    await settle(1, { kind: "again", afterMs: 100 });
    pass(100);
    expect(heard()).toEqual(["a", "a", "a"]);
  });

  test("that fails as often as is allowed loses its messages to the dead-letter queue", async () => {
    const { put, pass, settle, buried, queue } = setUp();
    put("a");
    await settle(0, "fails");
    pass(5_000);
    await settle(1, "fails");
    expect(buried).toEqual(["dead a"]);
    expect(queue.counts()).toMatchObject({ dead: 1, retried: 1, delivered: 0, delayed: 0, waiting: 0 });
  });
});

test("a delayed message comes after its delay", () => {
  const { queue, pass, heard } = setUp();
  queue.put([{ json: "a", delayMs: 2_000 }]);
  expect(queue.counts()).toMatchObject({ delayed: 1 });
  pass(2_000);
  expect(heard()).toEqual(["a"]);
});

test("what is held back goes out in order when it may", () => {
  const { queue, put, heard } = setUp();
  queue.setHeld(true);
  put("a", "b");
  put("c", "d");
  expect(heard()).toEqual([]);
  queue.setHeld(false);
  expect(heard()).toEqual(["abc"]);
});
