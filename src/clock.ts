export type Timer = { elapsed: Promise<void>; cancel: () => void };

/** This isolate's clock, for pacing only: whether something is due is asked of the database's clock. */
export type Clock = {
  /** Ms since the epoch. */
  now: () => number;
  /** Ends after `ms`; a cancelled timer never does. */
  timer: (ms: number) => Timer;
};

export function createClock(): Clock {
  return {
    now: () => Date.now(),
    timer: (ms) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const handle = setTimeout(resolve, ms);
      return { elapsed: promise, cancel: () => clearTimeout(handle) };
    },
  };
}
