import { LANES, type Lane } from "../../src/domain/lane.ts";
import type { BellMessage } from "../../src/queue/bell.ts";
import type { Isolate, Isolates } from "./isolates.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** A lane has two: for first bells, and for those that were rung before. */
export type QueueName = Lane | `${Lane}_again`;

type Held = { id: string; body: BellMessage; attempts: number };

type Setting = {
  scheduler: Scheduler;
  random: Random;
  isolates: Isolates;
  trace: (line: string) => void;
  /** The shares of bells that get lost or come twice, while the weather lasts. */
  dropped: () => number;
  doubled: () => number;
  /** A queue's next batch waits until the one before has been heard. */
  oneConsumer: boolean;
  /** Called with each bell as it goes in. */
  onBell: (body: BellMessage) => void;
  /** Hears a batch in an isolate. */
  consume: (isolate: Isolate, batch: MessageBatch) => Promise<void>;
};

const MAX_BATCH = 50;
const MAX_RETRIES = 5;

export type Queues = ReturnType<typeof createQueues>;

/**
 * The lanes' queues, less kind than the real ones: bells get lost, come twice, in another order and late, and
 * what an isolate was hearing when it ended is lost or heard again.
 */
export function createQueues(setting: Setting) {
  const { scheduler, random, isolates, trace, dropped, doubled, oneConsumer, onBell, consume } = setting;
  const busy = new Set<QueueName>();
  const ready = new Map<QueueName, Held[]>(
    LANES.flatMap((lane) => [
      [lane, []],
      [`${lane}_again`, []],
    ]),
  );
  let count = 0;

  function put(name: QueueName, held: Held, delayMs: number): void {
    scheduler.after(delayMs + random.between(1, !oneConsumer && random.chance(0.1) ? 4_000 : 60), () => {
      ready.get(name)?.push(held);
      scheduler.after(random.between(0, 5), () => deliver(name));
    });
  }

  function deliver(name: QueueName): void {
    if (busy.has(name)) return;
    const waiting = ready.get(name) ?? [];
    const messages = waiting.splice(0, random.between(1, MAX_BATCH));
    if (messages.length === 0) return;
    if (oneConsumer) busy.add(name);
    else if (waiting.length > 0) scheduler.after(random.between(0, 5), () => deliver(name));
    const next = () => {
      if (busy.delete(name)) deliver(name);
    };
    const isolate = isolates.pick();
    let isOpen = true;
    const close = (act: () => void) => {
      if (isOpen) act();
      isOpen = false;
    };
    const again = (delayMs: number) => {
      for (const held of messages) {
        if (held.attempts > MAX_RETRIES) trace(`queue: a bell is dead: ${held.body.delivery_ids.join(" ")}`);
        else put(name, { ...held, attempts: held.attempts + 1 }, delayMs);
      }
    };
    isolate.mourners.push(() => close(() => (random.chance(0.5) ? again(random.between(100, 30_000)) : undefined)));
    const batch = {
      queue: `notify-${name}`,
      messages: messages.map(({ id, body, attempts }) => ({ id, body, attempts, timestamp: new Date(0) })),
      ackAll: () => close(() => undefined),
      retryAll: ({ delaySeconds = 0 } = {}) => close(() => again(delaySeconds * 1000)),
    } as unknown as MessageBatch;
    isolate.mourners.push(next);
    isolates.within(isolate, () => void consume(isolate, batch).finally(next));
  }

  return {
    /** Takes bells in; part of what an isolate's port does. */
    send: (name: QueueName, messages: { body: BellMessage; delaySeconds?: number }[]): void => {
      for (const { body, delaySeconds = 0 } of messages) {
        onBell(body);
        if (random.chance(dropped())) {
          trace(`queue: a bell gets lost: ${body.delivery_ids.join(" ")}`);
          continue;
        }
        const copies = random.chance(doubled()) ? 2 : 1;
        for (let copy = 0; copy < copies; copy++) {
          count += 1;
          put(name, { id: `m${count}`, body, attempts: 1 }, delaySeconds * 1000);
        }
      }
    },
  };
}
