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

/** What a run has come to so far, for the log. `failed`: parts of sweeps that did, each with a line of its own. */
type RunReport = Record<"sweeps" | "released" | "ended" | "looked" | "rung" | "failed", number>;

/**
 * One cron run: sweeps; beside that rings for what is silent, so that no slow look-up holds it up, and removes
 * what is old. Its line comes even when there was nothing to do: where it is missing, cron does not run.
 */
export async function sweepForAMinute(services: Needs & PurgeNeeds & Pick<Services, "statements">): Promise<void> {
  const startedAt = services.clock.now();
  const end = startedAt + RUN_MS;
  const report = newReport();
  const [, , purged] = await Promise.all([
    sweepOften(services, end, report),
    ringOften(services, end, report),
    purge(services),
  ]);
  services.log.info("run", {
    ...report,
    ...Object.fromEntries(Object.entries(purged).map(([what, rows]) => [`purged_${what}`, rows])),
    duration_ms: services.clock.now() - startedAt,
    statements: services.statements(),
  });
}

function newReport(): RunReport {
  return { sweeps: 0, released: 0, ended: 0, looked: 0, rung: 0, failed: 0 };
}

/** Sweeps every 5 s (by default). A sweep that fails is logged, and the next one tries again. */
async function sweepOften(services: Needs, end: number, report: RunReport): Promise<void> {
  for (;;) {
    await sweepOnce(services, report);
    report.sweeps += 1;
    if (services.clock.now() + services.times.sweepEvery >= end) return;
    await services.clock.timer(services.times.sweepEvery).elapsed;
  }
}

/** Rings for what is silent: as often as it sweeps, and more often while bells are on their way. */
async function ringOften(services: Needs, end: number, report: RunReport): Promise<void> {
  for (let windows = newWindows(); ;) {
    report.rung += await attempt(services, report, "ring_silent", async () => {
      const after = await ringSilent(services, windows);
      windows = after.windows;
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
export async function sweepOnce(services: Needs, report: RunReport = newReport()): Promise<void> {
  await attempt(services, report, "review_gateways", reviewGateways);
  report.released += await attempt(services, report, "release_expired_leases", releaseExpiredLeases);
  report.ended += await attempt(services, report, "end_holds", endHolds);
  report.looked += await attempt(services, report, "reconcile", reconcile);
}

async function attempt(
  services: Needs,
  report: RunReport,
  name: string,
  part: (services: Needs) => Promise<number>,
): Promise<number> {
  try {
    return await part(services);
  } catch (error) {
    services.log.error("sweep_failed", error, { part: name });
    report.failed += 1;
    return 0;
  }
}
