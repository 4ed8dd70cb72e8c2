import { setTimeout as pause } from "node:timers/promises";
import { acceptedOf } from "./checker/acceptance.ts";
import type { History } from "./history.ts";
import { countKills, countPauses, countStrikes, type Tally } from "./nemesis/tally.ts";
import type { FaultsOptions } from "./options.ts";
import { TIMES } from "./times.ts";

/** What a run of two minutes shows at least; a shorter one shows its share. */
const IN_TWO_MINUTES = { accepted: 2_000, kills: 10, pauses: 3, strikesOfEachKind: 3 };

/** A machine that is too slow to show so much in time gets half as much again. */
const AT_MOST = 1.5;

/** Load and faults go on for as long as they were asked to, and longer until there were enough of them. */
export async function untilEnough(
  { seconds, kinds }: FaultsOptions,
  { tally, history, interrupted }: { tally: Tally; history: History; interrupted: AbortSignal },
): Promise<void> {
  const start = performance.now();
  const passed = () => (performance.now() - start) / 1000 / seconds;
  const isEnough = () => {
    const share = (count: number) => Math.floor((count * seconds) / 120);
    const strikes = tally.strikes();
    const counts = countStrikes(strikes);
    const ofKind = [...kinds].filter((kind) => !kind.startsWith("bell ")).map((kind) => counts.get(kind) ?? 0);
    const accepted = new Set(acceptedOf(history.entries()).map(({ updateId }) => updateId));
    return (
      accepted.size >= share(IN_TWO_MINUTES.accepted) &&
      (!kinds.has("kill workerd") || countKills(strikes) >= share(IN_TWO_MINUTES.kills)) &&
      (!kinds.has("pause workerd") || countPauses(strikes, TIMES.lease) >= share(IN_TWO_MINUTES.pauses)) &&
      ofKind.every((count) => count >= share(IN_TWO_MINUTES.strikesOfEachKind))
    );
  };
  while (!interrupted.aborted && passed() < AT_MOST && (passed() < 1 || !isEnough())) await pause(200);
}
