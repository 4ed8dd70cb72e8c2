import { RETAINED, type Retained } from "../domain/retention.ts";
import type { Services } from "../services.ts";

/** Rows that one statement removes at most, so that it holds its locks for milliseconds. */
const PER_STATEMENT = 500;

/** Statements that one run removes rows of one table by at most. */
const STATEMENTS = 20;

export type PurgeNeeds = Pick<Services, "purging" | "retention" | "log" | "clock">;

/**
 * Removes what has been kept long enough, the oldest first, in bounded chunks; what is left over goes in the
 * next run. A table that fails does not keep the others.
 */
export async function purge(services: PurgeNeeds): Promise<void> {
  const removed: Partial<Record<Retained, number>> = {};
  for (const what of RETAINED) {
    try {
      const count = await purgeOne(services, what);
      if (count > 0) removed[what] = count;
    } catch (error) {
      services.log.error("purge_failed", error, { part: what });
    }
  }
  if (Object.keys(removed).length > 0) services.log.info("purged", removed);
}

async function purgeOne({ purging, retention, clock }: PurgeNeeds, what: Retained): Promise<number> {
  let removed = 0;
  for (let statement = 0; statement < STATEMENTS; statement++) {
    const rows = await purging.findOld({ what, retention, now: clock.now(), limit: PER_STATEMENT });
    if (rows.length > 0) removed += await purging.remove(what, rows);
    if (rows.length < PER_STATEMENT) break;
  }
  return removed;
}
