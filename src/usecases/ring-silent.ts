import { bellsAgainFor } from "../domain/bell.ts";
import { afterLook, roomIn, withRung, type RingWindows } from "../domain/ring-window.ts";
import type { Services } from "../services.ts";
import { ringBells } from "./ring-bells.ts";

/** One statement names at most this many rows. */
const PER_STATEMENT = 1_000;

type Needs = Pick<Services, "sweeping" | "bells" | "log" | "clock" | "times">;

/**
 * Rings again for rows that are due and silent: their bells were lost, or nobody heard them. As many of each lane as
 * its window has room for, once it was seen which earlier bells were heard. Returns the windows after that; where
 * some are open, it is worth looking again soon.
 */
export async function ringSilent(
  services: Needs,
  before: RingWindows,
): Promise<{ rung: number; windows: RingWindows }> {
  const { sweeping, clock } = services;
  const looked = await lookAround(services, before);
  const room = roomIn(looked);
  const silent = room.length === 0 ? [] : await sweeping.findSilent(room);
  for (const some of portions(silent)) {
    await sweeping.moveRingOn(some);
    // A bell for each, so that a backlog of few enterprises is dealt to all consumers and does not fill one's batch.
    const bells = some.flatMap((row) => bellsAgainFor([row]));
    await ringBells(services, bells);
  }
  const rungAt = clock.now();
  return {
    rung: silent.length,
    windows: withRung(
      looked,
      silent.map((row) => ({ ...row, rungAt })),
    ),
  };
}

/** What has become of the rows that were rung for. */
async function lookAround({ sweeping, clock, times }: Needs, windows: RingWindows): Promise<RingWindows> {
  const unheard = new Set<string>();
  for (const some of portions([...windows.values()].flatMap(({ open }) => open))) {
    for (const deliveryId of await sweeping.findUnheard(some)) unheard.add(deliveryId);
  }
  const seen = { now: clock.now(), patienceMs: times.silentAfter };
  return new Map([...windows].map(([lane, window]) => [lane, afterLook(window, unheard, seen)]));
}

function portions<T>(rows: T[]): T[][] {
  const count = Math.ceil(rows.length / PER_STATEMENT);
  return Array.from({ length: count }, (_, i) => rows.slice(i * PER_STATEMENT, (i + 1) * PER_STATEMENT));
}
