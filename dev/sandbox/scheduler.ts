import { setTimeout as sleep } from "node:timers/promises";

/** Everything that the sandbox does later, so that stopping it leaves nothing behind. */
export type Scheduler = {
  /** Aborted by `stop`. */
  signal: AbortSignal;
  /** Waits `ms`; rejects with an AbortError when the sandbox stops. */
  sleep: (ms: number) => Promise<void>;
  /** Runs `work` in `ms`. */
  after: (ms: number, work: () => void | Promise<void>) => void;
  /** Runs `work` now, without waiting for it. */
  run: (work: () => Promise<void>) => void;
  /** Cancels what is planned, waits for what is under way, and throws what went wrong meanwhile. */
  stop: () => Promise<void>;
};

export function createScheduler(): Scheduler {
  const stopping = new AbortController();
  const signal = stopping.signal;
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const wait = async (ms: number) => {
    await sleep(ms, undefined, { signal });
  };
  const run = (work: () => Promise<void>) => {
    const task: Promise<void> = work()
      .catch((error: unknown) => {
        if (!signal.aborted) failures.push(error);
      })
      .finally(() => underWay.delete(task));
    underWay.add(task);
  };
  return {
    signal,
    sleep: wait,
    run,
    after: (ms, work) =>
      run(async () => {
        await wait(ms);
        await work();
      }),
    stop: async () => {
      stopping.abort();
      await Promise.all(underWay);
      if (failures.length > 0) throw new AggregateError(failures, "the sandbox failed in the background");
    },
  };
}
