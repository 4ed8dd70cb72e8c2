import type { Lane } from "./lane.ts";

/**
 * "These deliveries are due": ids only, may be lost, doubled or late without harm. `delayMs`: not to be
 * heard before that. `again`: they were rung for before, so this bell must not stand in the way of first ones.
 */
export type Bell = { lane: Lane; again: boolean; enterpriseId: string; deliveryIds: string[]; delayMs: number };

/**
 * The most deliveries that one bell names. Queues count batches in bells: with few ids to a bell a batch stays near the
 * number that six slots work off in a moment, and no consumer is left with a long tail while others idle.
 */
export const MAX_IDS_PER_BELL = 3;

/** A delivery to ring for; `delayMs` as in its bell, 0 where it is left out. */
export type Due = { lane: Lane; enterpriseId: string; deliveryId: string; delayMs?: number };

/** The first bells of deliveries: one for each lane, enterprise and delay; more where there are too many ids for one. */
export function bellsFor(deliveries: Due[]): Bell[] {
  return gather(deliveries, false);
}

/** The same for deliveries that were rung for before: a retry, a wait that is over, a bell that nobody heard. */
export function bellsAgainFor(deliveries: Due[]): Bell[] {
  return gather(deliveries, true);
}

function gather(deliveries: Due[], again: boolean): Bell[] {
  const open = new Map<string, Bell>();
  const bells: Bell[] = [];
  for (const { lane, enterpriseId, deliveryId, delayMs = 0 } of deliveries) {
    const key = JSON.stringify([lane, enterpriseId, delayMs]);
    let bell = open.get(key);
    if (!bell || bell.deliveryIds.length >= MAX_IDS_PER_BELL) {
      bell = { lane, again, enterpriseId, deliveryIds: [], delayMs };
      open.set(key, bell);
      bells.push(bell);
    }
    bell.deliveryIds.push(deliveryId);
  }
  return bells;
}
