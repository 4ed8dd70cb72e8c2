import { setTimeout as pause } from "node:timers/promises";
import type { OwnProcess } from "./processes.ts";

const START_WITHIN_MS = 60_000;

/** Waits until a program that was just started answers at `url`; `name` is that of its log. */
export async function untilAnswers(url: string, started: OwnProcess, name: string): Promise<void> {
  const end = Date.now() + START_WITHIN_MS;
  while (Date.now() < end && !started.hasEnded()) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
    if (answer?.ok === true) return;
    await pause(25);
  }
  throw new Error(`${name} did not start; see ${name}.log.`);
}
