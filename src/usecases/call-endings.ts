import type { CallEnding } from "../domain/call-ending.ts";
import type { Services } from "../services.ts";

/** Calls that start within this part of the longest time of a call end together. */
const SHARED = 0.01;

/**
 * Ends calls no later than the longest time of a call after they have started. Those that start shortly after one
 * another share a timer and a signal: one of each for every call took a tenth of a delivery's CPU.
 */
export function createEndings({ clock, times }: Pick<Services, "clock" | "times">) {
  const cancels: (() => void)[] = [];
  let last: { ending: CallEnding; since: number } | null = null;
  const start = (since: number) => {
    const controller = new AbortController();
    const { elapsed, cancel } = clock.timer(times.callTimeout);
    cancels.push(cancel);
    const reached = elapsed.then(() => {
      controller.abort();
      return null;
    });
    return { ending: { reached, signal: controller.signal }, since };
  };
  return {
    /** For a call that starts now. */
    next: (): CallEnding => {
      const now = clock.now();
      if (last === null || now - last.since > times.callTimeout * SHARED) last = start(now);
      return last.ending;
    },
    cancel: () => cancels.forEach((cancel) => cancel()),
  };
}
