import type { Due } from "../domain/bell.ts";

/**
 * What is due in this isolate and not rung for yet. Requests may share plain data, but neither wait for each other
 * nor use each other's connections: so one of them carries the bells of all, and the others go.
 */
export type BellGathering = {
  /** Adds what is due. True makes the caller the carrier: after a moment it takes everything and rings. */
  add: (due: Due[], now: number) => boolean;
  /** How much has been added and not been taken. */
  size: () => number;
  /** Takes all of it. */
  takeAll: () => Due[];
};

/** `carriedWithinMs`: a carrier that has not come by then has gone away, and the next one to add takes its place. */
export function createBellGathering(carriedWithinMs: number): BellGathering {
  let gathered: Due[] = [];
  let carriedUntil: number | null = null;
  return {
    add: (due, now) => {
      gathered.push(...due);
      if (carriedUntil !== null && now <= carriedUntil) return false;
      carriedUntil = now + carriedWithinMs;
      return true;
    },
    size: () => gathered.length,
    takeAll: () => {
      const all = gathered;
      gathered = [];
      carriedUntil = null;
      return all;
    },
  };
}
