import type { Services } from "../services.ts";

const PER_RUN = 200;

/**
 * Takes up deliveries whose sender went away. Without an attempt row nothing was called, so they are due
 * again; with one the call may have been made, so they are held as `unknown`.
 */
export async function releaseExpiredLeases(services: Pick<Services, "sweeping">): Promise<number> {
  const expired = await services.sweeping.findExpiredLeases(PER_RUN);
  await services.sweeping.requeueExpired(expired.filter((lease) => lease.attemptId === null));
  await services.sweeping.holdExpired(expired.filter((lease) => lease.attemptId !== null));
  return expired.length;
}
