import { isOutage } from "../domain/outage.ts";
import type { Services } from "../services.ts";

/** Pauses between tries while the database does not answer, in ms. A lease may end meanwhile: guards see to that. */
const PAUSES_MS = [500, 2_000];

/**
 * Tries again while the database does not answer. Only for statements that may be repeated without harm,
 * where giving up would turn a known result into an unknown one.
 */
export async function keepTrying<T>(work: () => Promise<T>, clock: Services["clock"]): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error)) throw error;
      await clock.timer(pauseMs).elapsed;
    }
  }
  return work();
}
