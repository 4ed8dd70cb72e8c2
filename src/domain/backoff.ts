import type { Times } from "./times.ts";

/**
 * How long to wait before the next attempt, in ms: exponential with full jitter, within `retryShortest` and
 * `retryLongest`. What the provider asks for is honoured up to `retryAfterLongest`. `random` in [0, 1);
 * `attemptNo` from 1.
 */
export function retryDelayMs(times: Times, attemptNo: number, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(times.retryLongest, times.retry * 2 ** Math.min(attemptNo - 1, 20));
  const jittered = Math.max(times.retryShortest, Math.floor(random * ceiling));
  const asked = Math.min(retryAfterMs, times.retryAfterLongest);
  // Jitter on top of what was asked for as well: many are told the same time at once.
  return asked > 0 ? Math.max(jittered, asked + Math.floor(random * times.retry)) : jittered;
}
