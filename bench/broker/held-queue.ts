import type { QueueSettings } from "./queue-settings.ts";
import type { BatchFate, SentMessage } from "./queue-wire.ts";

/** `delayed` and `waiting` are in the queue, `inFlight` with a consumer; the others count from the start. */
export type QueueCounts = {
  delayed: number;
  waiting: number;
  inFlight: number;
  batches: number;
  delivered: number;
  retried: number;
  dead: number;
};

/** One queue with its consumers. */
export type HeldQueue = {
  put: (messages: readonly SentMessage[]) => void;
  /** Delivers nothing while `held`. */
  setHeld: (held: boolean) => void;
  counts: () => QueueCounts;
};

export type Surroundings = {
  now: () => number;
  after: (ms: number, run: () => void) => void;
  /** Gives the bodies of a batch, as JSON texts, to the consumer. A rejection counts as `again`. */
  deliver: (queue: string, bodies: readonly string[]) => Promise<BatchFate>;
  /** Takes what has been repeated in vain. */
  bury: (deadLetterQueue: string, messages: readonly SentMessage[]) => void;
};

type Held = { json: string; attempts: number };

/**
 * A batch goes out when it is full, or when its oldest message has waited for the batch timeout. Beside a consumer that is
 * at work another one starts only when a full batch waits: Cloudflare says that it adds consumers as the backlog
 * grows, and not how.
 */
export function createHeldQueue(settings: QueueSettings, { now, after, deliver, bury }: Surroundings): HeldQueue {
  const { name, batchSize, batchTimeout, concurrency, retries, retryDelay, deadLetterQueue } = settings;
  const waiting: (Held & { readyAt: number })[] = [];
  let isHeld = false;
  let isTimed = false;
  let running = 0;
  const counts = { delayed: 0, inFlight: 0, batches: 0, delivered: 0, retried: 0, dead: 0 };

  const ready = (messages: readonly Held[]) => {
    const readyAt = now();
    for (const { json, attempts } of messages) waiting.push({ json, attempts, readyAt });
    serve();
  };
  const later = (messages: readonly Held[], delayMs: number) => {
    counts.delayed += messages.length;
    after(delayMs, () => {
      counts.delayed -= messages.length;
      ready(messages);
    });
  };
  /** In ms; 0 when a batch may go now, infinite when only a new message or a finished batch can change that. */
  const nextIn = (): number => {
    const oldest = waiting[0];
    if (isHeld || running >= concurrency || oldest === undefined) return Infinity;
    if (waiting.length >= batchSize) return 0;
    return running > 0 ? Infinity : Math.max(0, oldest.readyAt + batchTimeout - now());
  };
  function serve(): void {
    while (nextIn() === 0) void hear(waiting.splice(0, batchSize));
    if (isTimed || nextIn() === Infinity) return;
    isTimed = true;
    after(nextIn(), () => {
      isTimed = false;
      serve();
    });
  }
  async function hear(batch: readonly Held[]): Promise<void> {
    running += 1;
    counts.batches += 1;
    counts.inFlight += batch.length;
    const bodies = batch.map(({ json }) => json);
    const fate = await deliver(name, bodies).catch((): BatchFate => ({ kind: "again", afterMs: null }));
    running -= 1;
    counts.inFlight -= batch.length;
    if (fate.kind === "heard") counts.delivered += batch.length;
    else repeat(batch, fate.afterMs ?? retryDelay);
    serve();
  }
  function repeat(batch: readonly Held[], delayMs: number): void {
    const again = batch.filter(({ attempts }) => attempts <= retries);
    const dead = batch.filter(({ attempts }) => attempts > retries);
    counts.retried += again.length;
    counts.dead += dead.length;
    if (again.length > 0)
      later(
        again.map(({ json, attempts }) => ({ json, attempts: attempts + 1 })),
        delayMs,
      );
    if (dead.length > 0 && deadLetterQueue !== null)
      bury(
        deadLetterQueue,
        dead.map(({ json }) => ({ json, delayMs: 0 })),
      );
  }

  return {
    put: (messages) => {
      for (const [delayMs, ofDelay] of Map.groupBy(messages, (message) => message.delayMs)) {
        const held = ofDelay.map(({ json }) => ({ json, attempts: 1 }));
        if (delayMs > 0) later(held, delayMs);
        else ready(held);
      }
    },
    setHeld: (held) => {
      isHeld = held;
      serve();
    },
    counts: () => ({ ...counts, waiting: waiting.length }),
  };
}
