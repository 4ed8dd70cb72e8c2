import { checkAtRest } from "./checks.ts";
import { FAIR_WEATHER, faultAt, type Fault, type Faults } from "./faults.ts";
import { runToRest } from "./phases.ts";
import { createRandom } from "./random.ts";
import type { Scenario } from "./scenarios.ts";
import { prepare, type SimulationOptions } from "./simulate.ts";
import type { Violation } from "./violations.ts";
import { createWorld, type World } from "./world.ts";

/** What befalls each call in turn: the process ends, the answer gets lost, or it stands still for too long. */
const BLOWS = [
  "die_before",
  "die_after",
  "lost_before",
  "lost_after",
  "late",
  "freeze_after",
] as const satisfies Fault[];

export type WalkReport = { scenario: string; runs: number; calls: number; failure: WalkFailure | null };

/** Where a walk came to grief: the call number and its port, and what befell it there. */
export type WalkFailure = { at: number; port: string; fault: Fault; violation: Violation };

/** Plays a scenario once for each of its calls and each blow that can befall it, and checks what is left at rest. */
export async function walk(scenario: Scenario, seed: number, options: SimulationOptions = {}): Promise<WalkReport> {
  prepare();
  const undisturbed = await play(scenario, seed, 0, "none", options);
  let runs = 1;
  const report = (failure: WalkFailure | null) => ({
    scenario: scenario.name,
    runs,
    calls: undisturbed.calls,
    failure,
  });
  if (undisturbed.failure || scenario.isUndisturbed) return report(undisturbed.failure);
  for (let at = 1; at <= undisturbed.calls; at++) {
    for (const fault of BLOWS) {
      runs += 1;
      const { failure } = await play(scenario, seed, at, fault, options);
      if (failure) return report(failure);
    }
  }
  return report(null);
}

/** Plays a scenario with one blow at one of its calls. */
export async function play(scenario: Scenario, seed: number, at: number, fault: Fault, options: SimulationOptions) {
  const random = createRandom(seed);
  const blow = faultAt(at, fault);
  const weather = { ...FAIR_WEATHER, ...scenario.weather };
  const faults = withFirst(scenario, blow);
  const oneConsumer = scenario.oneConsumer === true;
  const world = createWorld({ ...options, random, weather, faults, oneConsumer, isolates: 2 });
  Object.assign(world.provider.manner, scenario.manner);
  world.provider.script.push(...(scenario.script ?? []));
  scenario.play(world);
  watchCertainty(world, scenario, fault, blow.struck);
  await runToRest(world);
  await checkAtRest(world.evidence());
  if (fault === "none") checkExpected(world, scenario);
  const violation = world.violations.found[0];
  return { calls: blow.calls(), failure: violation ? { at, port: blow.struck(), fault, violation } : null };
}

function withFirst({ first }: Scenario, blow: Faults): Faults {
  let isOver = false;
  return {
    next: (port) => {
      const fault = blow.next(port);
      if (isOver || port !== first?.port || fault !== "none") return fault;
      isOver = true;
      return first.fault;
    },
  };
}

/** One answer of the database that gets lost must not make the fate of a message uncertain. */
function watchCertainty(world: World, { script = [], first }: Scenario, fault: Fault, struck: () => string): void {
  const isCertain = first === undefined && !script.some((way) => way.startsWith("error") || way.startsWith("silent"));
  if (!isCertain || (fault !== "lost_before" && fault !== "lost_after")) return;
  world.database.watchers.push((row) => {
    if (row.state === "unknown" && struck() !== "provider.send") {
      world.violations.report("I9", `${row.deliveryId} is unknown, for one answer of ${struck()} that was lost`);
    }
  });
}

/** Undisturbed, a story does not only end well: nothing in it is done more often, or later, than it must be. */
function checkExpected(world: World, { expects = {} }: Scenario): void {
  const { provider, violations, start } = world;
  if (expects.undelayed) checkDelays(world, expects.undelayed);
  const { acceptances = provider.ledger.length, withinMs = Infinity, mostCalls = Infinity } = expects;
  const { length } = provider.ledger;
  if (length !== acceptances) violations.report("I10", `${acceptances} acceptances were expected, and ${length} came`);
  const last = Math.max(0, ...provider.ledger.map(({ acceptedAt }) => acceptedAt - start));
  if (last > withinMs) violations.report("I10", `the last acceptance came after ${last} ms, not within ${withinMs}`);
  if (provider.calls.length > mostCalls) violations.report("I9", `${provider.calls.length} calls were made`);
}

/** I14: from its acceptance to the provider's, nothing of this enterprise takes longer. */
function checkDelays(
  { provider, database, violations }: World,
  { enterpriseId, withinMs }: { enterpriseId: string; withinMs: number },
): void {
  for (const { message, acceptedAt } of provider.ledger) {
    const deliveryId = database.attempts.get(message.attemptId)?.deliveryId ?? "";
    const row = database.deliveries.get(deliveryId);
    if (message.enterpriseId !== enterpriseId || !row) continue;
    const delay = acceptedAt - row.acceptedAt;
    if (delay > withinMs) violations.report("I14", `${deliveryId} was sent after ${delay} ms, not within ${withinMs}`);
  }
}
