import { isPurgeTime } from "../domain/retention.ts";
import type { Services } from "../services.ts";
import { endHolds } from "./end-holds.ts";
import { purge, type PurgeNeeds } from "./purge.ts";
import { reconcile } from "./reconcile.ts";
import { releaseExpiredLeases } from "./release-expired-leases.ts";
import { reviewGateways } from "./review-gateways.ts";
import { ringSilent } from "./ring-silent.ts";

/** One cron run sweeps again and again until the next one is near, in ms. */
const FOR_MS = 55_000;

type Needs = Pick<
  Services,
  | "sweeping"
  | "holding"
  | "reconciling"
  | "sending"
  | "health"
  | "receipts"
  | "adapters"
  | "bells"
  | "log"
  | "clock"
  | "random"
  | "times"
>;

/**
 * One cron run: sweeps, and beside that, once an hour, removes what is old. `scheduledAt`: the time that the run
 * is for, in ms since the epoch.
 */
export async function sweepForAMinute(services: Needs & PurgeNeeds, scheduledAt: number): Promise<void> {
  await Promise.all([sweepOften(services), isPurgeTime(scheduledAt) ? purge(services) : null]);
}

/**
 * Sweeps every 5 s (by default) for 55 s. A sweep that fails is logged, and the next one tries again. The line at
 * the end comes even when there was nothing to do: where it is missing, cron does not run.
 */
async function sweepOften(services: Needs): Promise<void> {
  const end = services.clock.now() + FOR_MS;
  for (let sweeps = 1; ; sweeps += 1) {
    await sweepOnce(services);
    if (services.clock.now() + services.times.sweepEvery > end) return services.log.info("cron_ran", { sweeps });
    await services.clock.timer(services.times.sweepEvery).elapsed;
  }
}

/**
 * Gateways first, since whatever is rung for is sent by their health; then expired leases, since they make
 * rows due; what waits for providers comes last. Each part is tried even when another fails.
 */
export async function sweepOnce(services: Needs): Promise<void> {
  await attempt(services, "review_gateways", reviewGateways);
  const released = await attempt(services, "release_expired_leases", releaseExpiredLeases);
  const ended = await attempt(services, "end_holds", endHolds);
  const rung = await attempt(services, "ring_silent", ringSilent);
  const looked = await attempt(services, "reconcile", reconcile);
  if (released + ended + rung + looked > 0) services.log.info("swept", { released, ended, rung, looked });
}

async function attempt(services: Needs, name: string, part: (services: Needs) => Promise<number>): Promise<number> {
  try {
    return await part(services);
  } catch (error) {
    services.log.error("sweep_failed", error, { part: name });
    return 0;
  }
}
