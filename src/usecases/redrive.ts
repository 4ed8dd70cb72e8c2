import { AppError } from "../domain/app-error.ts";
import { bellsAgainFor } from "../domain/bell.ts";
import { COUNT_AT_MOST, isAmbiguous, scheduleRedrive, type RedriveOrder } from "../domain/redrive.ts";
import type { Services } from "../services.ts";
import { ringBells } from "./ring-bells.ts";

/** One call redrives at most this many; the operator repeats it for the rest. */
const PER_CALL = 500;

/** For those due within this time bells are rung at once; the sweep rings for the others when they are due, in ms. */
const RING_AHEAD_MS = 600_000;

type Needs = Pick<Services, "redriving" | "bells" | "log">;

/** What a redrive came to. `more`: there are more than `matching`, which was not counted any further. */
export type Redriven = { matching: number; more: boolean; expired: number; mayArriveTwice: boolean } & (
  | { kind: "counted" }
  /** `lastDueMs`: when the last of them is due, from now. */
  | { kind: "redriven"; redriven: number; left: number; lastDueMs: number }
);

/**
 * Gives failed and unconfirmed deliveries a new start, or only counts them. Whether they are still wanted (opt-out,
 * subscription, newer status) is decided when they are sent. Safe to repeat, by any number of operators: each
 * delivery is redriven once per failure. Throws AppError `more_than_expected`.
 */
export async function redrive(services: Needs, order: RedriveOrder): Promise<Redriven> {
  const { filter } = order;
  const { matching, expired } = await services.redriving.count(filter);
  const counted = {
    matching: Math.min(matching, COUNT_AT_MOST),
    more: matching > COUNT_AT_MOST,
    expired: Math.min(expired, COUNT_AT_MOST),
    mayArriveTwice: filter.maySendTwice || isAmbiguous(filter),
  };
  if (order.dryRun) return { kind: "counted", ...counted };
  if (matching > order.expected) {
    throw new AppError("more_than_expected", "More deliveries match than expected, so nothing was redriven.", {
      members: { matching: counted.matching, more: counted.more, expected: order.expected },
    });
  }
  const planned = await plan(services, order);
  let redriven = 0;
  if (planned.length > 0) {
    await services.redriving.log(filter, planned);
    redriven = await services.redriving.redrive(filter, planned);
    await ringBells(services, bellsAgainFor(planned.filter(({ delayMs }) => delayMs <= RING_AHEAD_MS)));
  }
  const left = Math.max(0, matching - redriven);
  return { kind: "redriven", ...counted, redriven, left, lastDueMs: planned.at(-1)?.delayMs ?? 0 };
}

async function plan({ redriving }: Needs, { filter, perSecond }: Extract<RedriveOrder, { dryRun: false }>) {
  const found = await redriving.find(filter, PER_CALL);
  if (found.length === 0) return [];
  return scheduleRedrive(found, { startMs: await redriving.lastDueInMs(), perSecond });
}
