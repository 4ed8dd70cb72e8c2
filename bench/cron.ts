import { setTimeout as pause } from "node:timers/promises";
import type { Service } from "./workerd.ts";

/** Rings a service's cron while `work` goes on, as the platform does every minute: a run follows the one before. */
export async function whileCronRuns<Result>(service: Service, work: () => Promise<Result>): Promise<Result> {
  const stopping = new AbortController();
  void ringOn(service, stopping.signal);
  try {
    return await work();
  } finally {
    stopping.abort();
  }
}

async function ringOn({ frontUrl }: Service, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A run that is cut off, or a service that is gone, is what the caller's own waiting will tell.
    await fetch(`${frontUrl}/cron`, { signal }).catch(() => undefined);
    await pause(100);
  }
}
