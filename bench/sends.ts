import { setTimeout as pause } from "node:timers/promises";
import type { RoundCounts, TakenMessage } from "./provider/taken-rounds.ts";
import type { Stage } from "./stage.ts";

const LOOK_EVERY_MS = 50;

/** The load generator closes its connections over requests that are under way; they are answered within this time. */
const IN_FLIGHT_MS = 500;

/** Nothing that is due stays unsent this long unless it is lost. */
const STUCK_AFTER_MS = 60_000;

/** Lets every provider take so long for an answer while `work` goes on; after that they answer at once again. */
export async function withLatency<Result>(stage: Stage, ms: number, work: () => Promise<Result>): Promise<Result> {
  await ask(stage, `/latency/${ms}`);
  try {
    return await work();
  } finally {
    await ask(stage, "/latency/0");
  }
}

/** What providers took of the updates with this prefix (`freshPrefix`). */
export async function sendsOf(stage: Stage, prefix: string): Promise<RoundCounts> {
  return ask(stage, `/rounds/${roundOf(prefix)}`);
}

export async function messagesOf(stage: Stage, prefix: string): Promise<TakenMessage[]> {
  return ask(stage, `/rounds/${roundOf(prefix)}/messages`);
}

/** How many deliveries were accepted of the updates with this prefix, once those have an end that were cut off. */
export async function acceptedOf({ database }: Stage, prefix: string): Promise<number> {
  await pause(IN_FLIGHT_MS);
  const [row] = await database.query<{ count: number | bigint }>(
    "SELECT COUNT(*) AS count FROM deliveries WHERE shipment_id LIKE ?",
    [`SH-${prefix}%`],
  );
  return Number(row?.count);
}

/** Waits until providers took so many different ones of them. Throws when nothing goes on. */
export async function untilSent(stage: Stage, prefix: string, count: number): Promise<RoundCounts> {
  let changed = { at: performance.now(), taken: 0 };
  for (;;) {
    const sends = await sendsOf(stage, prefix);
    if (sends.taken - sends.twice >= count) return sends;
    if (sends.taken > changed.taken) changed = { at: performance.now(), taken: sends.taken };
    if (performance.now() - changed.at > STUCK_AFTER_MS) {
      throw new Error(`Only ${sends.taken - sends.twice} of ${count} messages were sent.`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** Messages per second from the first to the last one. */
export function ratePerSecond({ taken, firstAt, lastAt }: RoundCounts): number {
  return firstAt === null || lastAt === null ? Number.NaN : ((taken - 1) * 1000) / (lastAt - firstAt);
}

/** Shipments are named `SH-<prefix><number>`, and a prefix ends with a hyphen. */
function roundOf(prefix: string): string {
  return `SH-${prefix.slice(0, -1)}`;
}

async function ask<Answer>({ provider }: Stage, path: string): Promise<Answer> {
  return (await (await fetch(`${provider.controlUrl}${path}`)).json()) as Answer;
}
