import { Outage } from "../domain/outage.ts";
import type { Services } from "../services.ts";

/** A client is answered within this time even when the database is not, in ms. */
const ANSWER_WITHIN_MS = 3_000;

/**
 * The result of `work`, or Outage when it is not there in time, counted from the start of the request: whatever is asked
 * for one after the other has that time together. The work is not undone: it goes on beside the
 * answer, and what it commits counts.
 */
export async function answerInTime<T>(
  services: Pick<Services, "clock" | "defer" | "log" | "startedAt">,
  work: Promise<T>,
): Promise<T> {
  const timer = services.clock.timer(Math.max(0, services.startedAt + ANSWER_WITHIN_MS - services.clock.now()));
  let isLate = false;
  const late = timer.elapsed.then(() => {
    isLate = true;
    throw new Outage("The database did not answer in time.");
  });
  services.defer(
    work.then(
      () => undefined,
      (error: unknown) => (isLate ? services.log.error("failed_after_the_answer", error) : undefined),
    ),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.cancel();
  }
}
