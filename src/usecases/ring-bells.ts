import type { Bell } from "../domain/bell.ts";
import type { Services } from "../services.ts";

/** Rings for rows that are committed. A bell that fails is only logged: the sweep rings for its rows. */
export async function ringBells(services: Pick<Services, "bells" | "log">, bells: Bell[]): Promise<void> {
  if (bells.length === 0) return;
  try {
    await services.bells.ring(bells);
  } catch (error) {
    services.log.error("bells_not_rung", error, { bells: bells.length });
  }
}
