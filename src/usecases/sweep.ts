import { newWindows } from "../domain/ring-window.ts";
import type { Services } from "../services.ts";
import { endHolds } from "./end-holds.ts";
import type { PurgeNeeds } from "./purge-part.ts";
import { purge } from "./purge.ts";
import { reconcile } from "./reconcile.ts";
import { releaseExpiredLeases } from "./release-expired-leases.ts";
import { reviewGateways } from "./review-gateways.ts";
import { ringSilent } from "./ring-silent.ts";

/** The next cron run begins this long after one, in ms. A run sweeps until then, and ends before. */
const RUN_MS = 60_000;

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
 * One cron run: sweeps; beside that rings for what is silent, so that no slow look-up holds it up, and removes
 * what is old.
 */
export async function sweepForAMinute(services: Needs & PurgeNeeds): Promise<void> {
  const end = services.clock.now() + RUN_MS;
  await Promise.all([sweepOften(services, end), ringOften(services, end), purge(services)]);
}

/**
 * Sweeps every 5 s (by default). A sweep that fails is logged, and the next one tries again. The line at
 * the end comes even when there was nothing to do: where it is missing, cron does not run.
 */
async function sweepOften(services: Needs, end: number): Promise<void> {
  for (let sweeps = 1; ; sweeps += 1) {
    await sweepOnce(services);
    if (services.clock.now() + services.times.sweepEvery >= end) return services.log.info("cron_ran", { sweeps });
    await services.clock.timer(services.times.sweepEvery).elapsed;
  }
}

/** Rings for what is silent: as often as it sweeps, and more often while bells are on their way. */
async function ringOften(services: Needs, end: number): Promise<void> {
  for (let windows = newWindows(); ;) {
    await attempt(services, "ring_silent", async () => {
      const after = await ringSilent(services, windows);
      windows = after.windows;
      if (after.rung > 0) services.log.info("silent_rung", { rung: after.rung });
      return after.rung;
    });
    const areOpen = [...windows.values()].some(({ open }) => open.length > 0);
    const pause = areOpen ? services.times.ringLook : services.times.sweepEvery;
    if (services.clock.now() + pause >= end) return;
    await services.clock.timer(pause).elapsed;
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
  const looked = await attempt(services, "reconcile", reconcile);
  if (released + ended + looked > 0) services.log.info("swept", { released, ended, looked });
}

async function attempt(services: Needs, name: string, part: (services: Needs) => Promise<number>): Promise<number> {
  try {
    return await part(services);
  } catch (error) {
    services.log.error("sweep_failed", error, { part: name });
    return 0;
  }
}
