import { sql } from "drizzle-orm";
import { LOOK_UP_EVENT } from "../domain/reconciliation.ts";
import { accountOf } from "./account.ts";
import type { Db } from "./client.ts";
import type { DueLook } from "./reconcile.ts";
import { instantOf, textOf } from "./time.ts";

/** So many times more messages are looked at than are enough: some ended late, but began early. */
const LATEST_SEEN = 10;

/**
 * Of how many later messages of the same account receipts came, at most `enough`, by attempt. Each account is asked
 * for once, its latest messages first, and not for each look: where none is heard of, all since then are looked at.
 */
export async function countLaterHeard(db: Db, looks: DueLook[], enough: number): Promise<Map<string, number>> {
  const byAccount = Map.groupBy(looks, nameOf);
  const latest = [...byAccount].map(([account, ofAccount]) => {
    const since = Math.min(...ofAccount.map(({ startedAt }) => startedAt));
    // Scalar, so that no server makes a join of them and sorts what it need not read.
    return sql`(
      SELECT ${account} AS account, a.started_at AS startedAt FROM attempts a FORCE INDEX (attempts_ended)
       WHERE a.ended_at > ${textOf(since)}
         AND (SELECT CONCAT_WS('/', g.adapter, ${accountOf("g")}) FROM gateways g WHERE g.gateway_id = a.gateway_id) = ${account}
         AND (SELECT 1 FROM receipts r WHERE r.enterprise_id = a.enterprise_id AND r.attempt_id = a.attempt_id
                 AND r.event_id NOT LIKE ${`${LOOK_UP_EVENT}%`} LIMIT 1) = 1
       ORDER BY a.ended_at DESC LIMIT ${enough * LATEST_SEEN})`;
  });
  const { rows } = await db.execute(sql.join(latest, sql` UNION ALL `));
  const heard = Map.groupBy(rows as { account: string; startedAt: string }[], ({ account }) => account);
  return new Map(
    looks.map((look) => {
      const times = (heard.get(nameOf(look)) ?? []).map((row) => instantOf(row.startedAt));
      return [look.attemptId, Math.min(enough, times.filter((time) => time > look.startedAt).length)];
    }),
  );
}

function nameOf({ adapter, account }: DueLook): string {
  return `${adapter}/${account}`;
}
