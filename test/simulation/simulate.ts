import { createHash } from "node:crypto";
import { checkAtRest } from "./checks.ts";
import { drawWeather, randomFaults } from "./faults.ts";
import { checkFresh, runFor, runToRest } from "./phases.ts";
import { drawBadSpells } from "./provider.ts";
import { createRandom, type Random } from "./random.ts";
import { catchStrays } from "./strays.ts";
import { SENDERS } from "./town.ts";
import type { Invariant, Violation } from "./violations.ts";
import { startWorkload } from "./workload.ts";
import { createWorld, type World } from "./world.ts";

export type SimulationOptions = { only?: ReadonlySet<Invariant> | null; onTrace?: (line: string) => void };

export type SimulationReport = {
  seed: number;
  violations: Violation[];
  deliveries: number;
  acceptances: number;
  calls: number;
};

/** Faults come in these first minutes, in ms. */
const STORM_MS = [60_000, 300_000] as const;

/** Plays one seed: minutes of everything going wrong, then rest, then fresh updates. The same seed is the same run. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationReport> {
  prepare();
  const random = createRandom(seed);
  const weather = drawWeather(random);
  const stormMs = random.between(...STORM_MS);
  const faults = randomFaults(weather, random, () => world.scheduler.now() >= world.start + stormMs);
  const world: World = createWorld({ ...options, random, weather, faults, isolates: random.between(2, 3) });
  world.provider.badSpells.push(...drawBadSpells(random, SENDERS, world.start, world.start + stormMs));
  startWorkload({ ...world, random }, Math.floor(stormMs * 0.7));
  for (let forged = random.between(0, 6); forged > 0; forged--) {
    world.scheduler.after(random.between(1_000, stormMs), () => world.callbacks.forge());
  }
  for (let written = random.between(0, 3); written > 0; written--) {
    world.scheduler.after(random.between(0, stormMs), () => world.callbacks.write(random.pick(["stop", "start"])));
  }
  startOperator(world, random, stormMs);

  await runFor(world, stormMs);
  world.clearUp();
  world.switchAllOn();
  await runToRest(world);
  if (world.violations.found.length === 0) await checkFresh(world);
  await checkAtRest(world.evidence());
  return {
    seed,
    violations: world.violations.found,
    deliveries: world.database.deliveries.size,
    acceptances: world.provider.ledger.length,
    calls: world.provider.calls.length,
  };
}

/** An operator redrives during the storm and after it, sometimes twice at once; what may have been sent only then. */
function startOperator({ scheduler, operator }: World, random: Random, stormMs: number): void {
  for (let orders = random.between(0, 3); orders > 0; orders--) {
    const isLater = random.chance(0.5);
    const at = isLater ? stormMs + random.between(3_700_000, 7_200_000) : random.between(0, stormMs);
    const state = random.pick(["failed", "unconfirmed"] as const);
    const maySendTwice = state === "unconfirmed" || random.chance(0.3);
    for (let copy = random.between(1, 2); copy > 0; copy--) {
      scheduler.after(at, () => operator.order(state, maySendTwice));
    }
  }
}

/**
 * Makes this process repeat a run exactly. WebCrypto digests on another thread, and so at another moment each time:
 * the same digest is made at once. Stacks of the thousands of errors that are thrown on purpose are not recorded.
 */
export function prepare(): void {
  Error.stackTraceLimit = 0;
  catchStrays();
  crypto.subtle.digest = async (_algorithm, data) => {
    const { buffer, byteOffset, byteLength } = createHash("sha256")
      .update(data as Uint8Array)
      .digest();
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
}
