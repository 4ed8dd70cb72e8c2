import { ENTERPRISE_IDS } from "./town.ts";
import { updateOf } from "./workload.ts";
import { nextWaker, type World } from "./world.ts";

const MINUTE_MS = 60_000;

/** A run that has not come to rest after so much virtual time, or so many steps, never will. */
const LONGEST_MS = 60 * 24 * 60 * MINUTE_MS;
const MOST_STEPS = 200_000;

/** Fresh updates must be with the provider this long after their acceptance, in ms. */
const FRESH_MS = 30_000;

/** Lets time pass, with the cron of each minute; now and then two of them run at once. */
export async function runFor(world: World, ms: number): Promise<void> {
  const { scheduler, violations } = world;
  const end = scheduler.now() + ms;
  for (let at = 0; at < ms; at += MINUTE_MS) scheduler.after(at, () => world.sweep("minute"));
  while (scheduler.nextAt() <= end && violations.found.length === 0) await scheduler.step();
  scheduler.moveTo(end);
}

/**
 * Lets time pass until nothing is left to happen. The cron's sweeps that would find nothing are left out: one comes
 * as soon as a row is due to be looked at, at most every five seconds.
 */
export async function runToRest(world: World): Promise<void> {
  const { scheduler, database, violations } = world;
  const end = scheduler.now() + LONGEST_MS;
  let sweepAgainAt = scheduler.now();
  for (let steps = 0; violations.found.length === 0; steps++) {
    const sweepAt = Math.max(nextWaker(database) + 1, sweepAgainAt);
    const next = Math.min(sweepAt, scheduler.nextAt());
    if (next === Infinity) return;
    if (next > end || steps > MOST_STEPS) {
      return violations.report("I1", `nothing comes to rest: ${stillMoving(world).join(", ")}`);
    }
    if (scheduler.nextAt() <= sweepAt) {
      await scheduler.step();
      continue;
    }
    scheduler.moveTo(sweepAt);
    sweepAgainAt = sweepAt + 5_000;
    world.sweep("once");
  }
}

function stillMoving({ database }: World): string[] {
  const moving = [...database.deliveries.values()].filter(
    (row) => (row.ringAt ?? row.leaseUntil ?? row.holdUntil) !== null,
  );
  return moving.slice(0, 5).map((row) => `${row.deliveryId} ${row.state}`);
}

/** A gateway that was closed is tried by the first that needs it, and only then by all. */
async function warmUp(world: World): Promise<void> {
  for (let round = 0; round < 3; round++) {
    world.switchAllOn();
    if ([...world.database.gateways.values()].every((gateway) => gateway.health === "well")) return;
    for (const id of ENTERPRISE_IDS) {
      world.clients.post(updateOf(id, `warm-${round}`, "shipped", world.scheduler.now()), null);
    }
    await runToRest(world);
  }
  world.switchAllOn();
}

/** I10: after the last fault, fresh updates are answered at once and reach the provider in time. */
export async function checkFresh(world: World): Promise<void> {
  const { scheduler, clients, database, violations, provider } = world;
  await warmUp(world);
  const posts = ENTERPRISE_IDS.map((id) => clients.post(updateOf(id, "fresh", "shipped", scheduler.now()), null));
  await runToRest(world);
  const acceptedAt = new Map(
    provider.ledger.map(({ message, acceptedAt: at }) => [database.attempts.get(message.attemptId)?.deliveryId, at]),
  );
  for (const { answer } of posts) {
    if (answer?.kind !== "accepted") {
      violations.report(
        "I10",
        `a fresh update was answered with ${answer?.kind === "refused" ? answer.code : "nothing"}`,
      );
      continue;
    }
    for (const { deliveryId } of answer.accepted.deliveries) {
      const row = database.deliveries.get(deliveryId);
      // An old bounce that is told once more bars the address again.
      if (row?.code === "opted_out") continue;
      const waited = (acceptedAt.get(deliveryId) ?? Infinity) - (row?.acceptedAt ?? 0);
      if (waited > FRESH_MS) violations.report("I10", `fresh ${deliveryId} reached the provider after ${waited} ms`);
    }
  }
}
