import { Outage } from "../domain/outage.ts";
import type { Services } from "../services.ts";

/** A client is answered within this time even when the database is not, in ms. */
const ANSWER_WITHIN_MS = 3_000;

/**
 * The result of `work`, or Outage when it takes too long. The work is not undone: it goes on beside the
 * answer, and what it commits counts.
 */
export async function answerInTime<T>(services: Pick<Services, "clock" | "defer">, work: Promise<T>): Promise<T> {
  const timer = services.clock.timer(ANSWER_WITHIN_MS);
  services.defer(work.catch(() => undefined));
  const late = timer.elapsed.then(() => {
    throw new Outage("The database did not answer in time.");
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.cancel();
  }
}
