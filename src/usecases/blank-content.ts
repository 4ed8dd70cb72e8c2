import { CLOCKS_DIFFER_MS, idsBefore, type BlankingRound } from "../domain/retention.ts";
import { PORTION, type PurgeNeeds, type PurgePart } from "./purge-part.ts";

/** Deliveries that one run looks at again. */
const AGAIN = 5_000;

/**
 * Blanks the content of what has become old, each round from where the last run left off: however long no run came,
 * nothing is passed over. What was under way then is found by the other round, which goes over all of it again and again.
 */
export function blanking({ purging, retention, clock }: PurgeNeeds): PurgePart[] {
  const part = (round: BlankingRound, limit: number): PurgePart => ({
    what: "data",
    next: async () => {
      const days = retention.data;
      const after = await purging.mark(round);
      const before = idsBefore("dlv", clock.now() - CLOCKS_DIFFER_MS, days);
      const rows = await purging.readContent({ after, before, days, limit });
      const due = rows.filter((row) => Number(row.due));
      const changed = due.length > 0 ? await purging.remove("data", due) : 0;
      const isMore = rows.length === limit;
      const reached = isMore || round === "first" ? (rows.at(-1)?.delivery_id ?? after) : "";
      if (reached !== after) await purging.moveMark(round, reached);
      return { changed, isMore: isMore && round === "first" };
    },
  });
  return [part("first", PORTION), part("again", AGAIN)];
}
