import { setTimeout as pause } from "node:timers/promises";

const EVERY_MS = 100;

/** Looks again and again until `look` finds something. Throws what `signal` was aborted with. */
export async function until<T>(look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await pause(EVERY_MS);
  }
}
