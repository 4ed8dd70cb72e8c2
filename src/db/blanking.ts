import { sql } from "drizzle-orm";
import type { BlankingRound } from "../domain/retention.ts";
import type { Db } from "./client.ts";
import { isAtRest } from "./purge.ts";

/** Which deliveries are read: those after one id and before another. `days`: content is kept for so long. */
export type ContentPortion = { after: string; before: string; days: number; limit: number };

/** A delivery by its key. `due`: its content is to be blanked now; 1 or 0, as text where the server calls it a BIGINT. */
export type ContentRow = { enterprise_id: string; delivery_id: string; due: number | string };

/** What the search for content asks. */
export function createBlanking(db: Db) {
  return {
    /** Up to which delivery a round has come. */
    mark: async (round: BlankingRound): Promise<string> => {
      const { rows } = await db.execute(sql`SELECT reached FROM blanking_marks WHERE round = ${round}`);
      return (rows as { reached: string }[])[0]?.reached ?? "";
    },
    moveMark: async (round: BlankingRound, reached: string): Promise<void> => {
      await db.execute(sql`REPLACE INTO blanking_marks (round, reached) VALUES (${round}, ${reached})`);
    },
    /**
     * The next deliveries by id. All of them, with content or not, so that no more than `limit` are looked at, and so
     * that it is known how far one has come.
     */
    readContent: async ({ after, before, days, limit }: ContentPortion): Promise<ContentRow[]> => {
      const { rows } = await db.execute(sql`
    SELECT enterprise_id, delivery_id, (data IS NOT NULL AND accepted_at < UTC_TIMESTAMP(3) - INTERVAL ${days} DAY AND ${isAtRest}) AS due
      FROM deliveries FORCE INDEX (PRIMARY)
     WHERE delivery_id > ${after} AND delivery_id < ${before}
     ORDER BY delivery_id LIMIT ${limit}`);
      return rows as ContentRow[];
    },
  };
}
