import { bellsFor } from "../domain/bell.ts";
import type { Services } from "../services.ts";
import { ringBells } from "./ring-bells.ts";

/** At most this many rows of each lane are rung for in one run, so a backlog does not become an avalanche. */
const PER_LANE = 500;

type Needs = Pick<Services, "sweeping" | "bells" | "log">;

/** Rings again for rows that are due and silent: their bells were lost, or nobody heard them. */
export async function ringSilent(services: Needs): Promise<number> {
  const silent = await services.sweeping.findSilent(PER_LANE);
  if (silent.length === 0) return 0;
  await services.sweeping.moveRingOn(silent);
  await ringBells(services, bellsFor(silent));
  return silent.length;
}
