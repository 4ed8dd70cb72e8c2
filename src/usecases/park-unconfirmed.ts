import type { Services } from "../services.ts";

const PER_RUN = 200;

const MESSAGE = "Whether the provider took the message is not known: its answer was lost and no receipt came.";

/** Ends the hold of deliveries about which nothing was heard: logged, and parked until a receipt comes. */
export async function parkUnconfirmed(services: Pick<Services, "sweeping">): Promise<number> {
  const ended = await services.sweeping.findEndedHolds(PER_RUN);
  if (ended.length === 0) return 0;
  await services.sweeping.logUnconfirmed(ended, MESSAGE);
  await services.sweeping.parkUnconfirmed(ended);
  return ended.length;
}
