import { nothingGetsThrough, type CallStreak } from "./call-streak.ts";
import type { Times } from "./times.ts";

/**
 * How well a gateway works, as all isolates see it.
 *
 * - `well`: asked in its turn.
 * - `poor`: half of its calls fail; asked last while another gateway does better.
 * - `closed`: nothing gets through; not asked at all, and what has no other gateway waits.
 */
export type GatewayHealth = "well" | "poor" | "closed";

/** A stored health; one that this version does not know counts as `well`. */
export function readHealth(health: string | null): GatewayHealth {
  return health === "poor" || health === "closed" ? health : "well";
}

/** What the calls of one gateway came to within `healthWindow`; of one that works well, since it became so. */
export type GatewayTally = CallStreak & {
  /** Counted up to one more than `failed`. */
  good: number;
  gatewayId: string;
  health: GatewayHealth;
  /** Names the next change of this gateway: of several reviewers only one makes it. */
  changeId: string;
  /** The provider's code of the latest failure. */
  lastCode: string | null;
  /** 1 where a good one is among the calls that were started since its last trial was taken. */
  goodSinceTrial: number;
};

/** A change of health. `reason` is for people. */
export type HealthChange = { changeId: string; gatewayId: string; health: GatewayHealth; reason: string };

/** A share of failures says something only about this many calls or more. */
const ENOUGH_CALLS = 20;

/**
 * Decides whether a gateway's health changes. Down at once, by what its calls came to; up only by a trial,
 * which is due after a rest, so that nothing goes up and down within one.
 */
export function reviewHealth(tally: GatewayTally, { healthWindow }: Pick<Times, "healthWindow">): HealthChange | null {
  const changed = (health: GatewayHealth, reason: string): HealthChange => {
    const { changeId, gatewayId } = tally;
    return { changeId, gatewayId, health, reason };
  };
  switch (tally.health) {
    case "well":
    case "poor":
      if (nothingGetsThrough(tally)) return changed("closed", lastFailed(tally));
      if (isPoor(tally)) return tally.health === "poor" ? null : changed("poor", shareFailed(tally, healthWindow));
      return tally.health === "poor" && tally.goodSinceTrial > 0 ? changed("well", "A trial got through.") : null;
    case "closed":
      return tally.goodSinceTrial > 0 ? changed("well", "A trial got through.") : null;
  }
}

function isPoor({ good, failed }: GatewayTally): boolean {
  return good + failed >= ENOUGH_CALLS && failed >= good;
}

function lastFailed({ failedInRow, lastCode }: GatewayTally): string {
  return `The last ${failedInRow} calls failed, most recently with ${lastCode || "no code"}.`;
}

function shareFailed({ good, failed }: GatewayTally, windowMs: number): string {
  return `${failed} of ${good + failed} calls in the last ${Math.round(windowMs / 1000)} s were not accepted.`;
}
