const FIRST_MS = 5_000;
const LONGEST_MS = 30 * 60 * 1000;
const LONGEST_RETRY_AFTER_MS = 60 * 60 * 1000;

/**
 * How long to wait before the next attempt, in ms: exponential with full jitter, at least 1 s, at most
 * 30 min. What the provider asks for is honoured up to 1 h. `random` in [0, 1); `attemptNo` from 1.
 */
export function retryDelayMs(attemptNo: number, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attemptNo - 1, 20));
  const jittered = Math.max(1_000, Math.floor(random * ceiling));
  const asked = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  // Jitter on top of what was asked for as well: many are told the same time at once.
  return asked > 0 ? Math.max(jittered, asked + Math.floor(random * FIRST_MS)) : jittered;
}

/** How long the sweep waits before it rings a silent row again, in minutes: 1, 2, 4 … 30. */
export const RING_AGAIN_MINUTES = { first: 1, longest: 30 } as const;

/** A row is silent when nobody has claimed it this long after it became due, in ms. */
export const SILENT_AFTER_MS = 10_000;
