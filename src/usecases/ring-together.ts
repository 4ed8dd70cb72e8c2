import { bellsFor, type Due } from "../domain/bell.ts";
import type { Services } from "../services.ts";
import { ringBells } from "./ring-bells.ts";

type Needs = Pick<Services, "gathering" | "bells" | "clock" | "log" | "times">;

/**
 * Rings for rows that are committed, together with what other requests of this isolate add within a moment: a queue
 * takes a hundred bells as fast as one. Whoever carries them may go away; then the sweep rings, as for any lost bell.
 */
export async function ringTogether(services: Needs, due: Due[]): Promise<void> {
  const { gathering, clock, times } = services;
  if (!gathering.add(due, clock.now())) return;
  const alone = gathering.size();
  await clock.timer(times.gatherBells).elapsed;
  if (gathering.size() > alone) await clock.timer(times.gatherBellsLonger).elapsed;
  await ringBells(services, bellsFor(gathering.takeAll()));
}
