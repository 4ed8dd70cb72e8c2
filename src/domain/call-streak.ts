import { blamesGateway, type SendOutcome } from "./send-outcome.ts";

/** What a gateway's calls came to, as far as it speaks for or against the gateway. */
export type CallStreak = {
  good: number;
  failed: number;
  /** Failed after the last good one. */
  failedInRow: number;
  /** Those of them that may have been sent, so that their deliveries are held. */
  unheardInRow: number;
};

export const NO_CALLS: CallStreak = { good: 0, failed: 0, failedInRow: 0, unheardInRow: 0 };

/** After so many failures in a row nothing is believed to get through. */
const FAILED_IN_A_ROW = 5;

/** After so many where only silence came: each of them is a delivery that has to be held. */
const UNHEARD_IN_A_ROW = 3;

/** The streak after one more call has ended. */
export function afterCall(streak: CallStreak, outcome: SendOutcome): CallStreak {
  if (!blamesGateway(outcome)) return { ...streak, good: streak.good + 1, failedInRow: 0, unheardInRow: 0 };
  return {
    good: streak.good,
    failed: streak.failed + 1,
    failedInRow: streak.failedInRow + 1,
    unheardInRow: streak.unheardInRow + (outcome.kind === "ambiguous" ? 1 : 0),
  };
}

/** Whether the last calls show that no call gets through at present. */
export function nothingGetsThrough(streak: CallStreak): boolean {
  return isTelling(streak) && failuresToGo(streak) <= 0;
}

/** How many calls may run at once: until a good answer came, no more than it takes to see that none does. */
export function callsAtOnce(streak: CallStreak): number {
  const isTrusted = streak.good > 0 && streak.failedInRow === 0;
  return isTrusted || !isTelling(streak) ? Number.POSITIVE_INFINITY : Math.max(1, failuresToGo(streak));
}

/** Where half of the calls fail, some fail in a row by chance: a row counts if it outweighs what failed before. */
function isTelling({ failed, failedInRow }: CallStreak): boolean {
  return failedInRow * 2 > failed || failed === 0;
}

function failuresToGo({ failedInRow, unheardInRow }: CallStreak): number {
  return Math.min(FAILED_IN_A_ROW - failedInRow, UNHEARD_IN_A_ROW - unheardInRow);
}
