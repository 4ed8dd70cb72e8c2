import { REMOVED, type Removed } from "../domain/retention.ts";
import { blanking } from "./blank-content.ts";
import { PORTION, type PurgeNeeds, type PurgePart } from "./purge-part.ts";

/**
 * Removes what has been kept long enough, the oldest first, and blanks old content, until nothing is left or the time
 * is over: a portion of each in turn, so that none waits for another. Runs that overlap find the same rows, and the
 * later one changes nothing. What fails does not keep the others, and is tried again by the next run.
 *
 * Rests a quarter as long as each portion took: so it takes four fifths of one connection. Gives how many rows were changed,
 * by what they are of.
 */
export async function purge(services: PurgeNeeds): Promise<Record<string, number>> {
  const { clock, log, times } = services;
  const end = clock.now() + times.purge;
  const sums: Record<string, number> = {};
  const queue = [...REMOVED.map((what) => removing(services, what)), ...blanking(services)];
  for (const part of queue) {
    const startedAt = clock.now();
    if (startedAt >= end) break;
    try {
      const { changed, isMore } = await part.next();
      if (changed > 0) sums[part.what] = (sums[part.what] ?? 0) + changed;
      if (isMore) queue.push(part);
      if (isMore) await clock.timer((clock.now() - startedAt) / 4).elapsed;
    } catch (error) {
      log.error("purge_failed", error, { part: part.what });
    }
  }
  return sums;
}

function removing({ purging, retention, clock }: PurgeNeeds, what: Removed): PurgePart {
  const next = async () => {
    const rows = await purging.findOld({ what, retention, now: clock.now(), limit: PORTION });
    const changed = rows.length > 0 ? await purging.remove(what, rows) : 0;
    return { changed, isMore: rows.length === PORTION };
  };
  return { what, next };
}
