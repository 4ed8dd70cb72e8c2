import { inArray, sql } from "drizzle-orm";
import { LIFTABLE, type SuppressionChange } from "../domain/suppression.ts";
import type { Db } from "./client.ts";
import { textOf, utcNow } from "./time.ts";

/**
 * Changes the list of addresses that are not to be used: one statement for any number of changes, in any order,
 * any number of times. Rows stay for good, so that what is older than a lift cannot suppress again.
 */
export async function changeSuppressions(db: Db, changes: SuppressionChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.toSorted(byKey).map((change) => {
    // A provider's clock may be ahead; what comes later by ours would else not count.
    const at = sql`LEAST(CAST(${textOf(change.at)} AS DATETIME(3)), ${utcNow})`;
    const lifted = change.wish === "lifted" ? at : sql`NULL`;
    return sql`(${change.enterpriseId}, ${change.channelId}, ${change.address}, ${change.wish}, ${at}, ${lifted})`;
  });
  // Assigned from left to right: `lifted_at` is last, for the others look at it.
  await db.execute(sql`
    INSERT INTO suppressions (enterprise_id, channel_id, address, code, since, lifted_at)
    VALUES ${sql.join(rows, sql`, `)}
    ON DUPLICATE KEY UPDATE
      since = IF(VALUES(code) <> 'lifted' AND (lifted_at IS NULL OR ${suppressesAgain}),
                 GREATEST(since, VALUES(since)), since),
      code = IF(VALUES(code) <> 'lifted' AND (${suppressesAgain} OR ${saysMore}), VALUES(code), code),
      lifted_at = CASE WHEN VALUES(code) <> 'lifted' THEN IF(${suppressesAgain}, NULL, lifted_at)
                       WHEN ${mayLift} THEN GREATEST(COALESCE(lifted_at, VALUES(since)), VALUES(since))
                       ELSE lifted_at END`);
}

const suppressesAgain = sql.raw("VALUES(since) > lifted_at");
const saysMore = sql`(lifted_at IS NULL AND ${inArray(sql.raw("code"), [...LIFTABLE])}
  AND NOT ${inArray(sql.raw("VALUES(code)"), [...LIFTABLE])})`;
const mayLift = sql`${inArray(sql.raw("code"), [...LIFTABLE, "lifted"])} AND VALUES(since) >= since`;

/** Rows go in key order, so that concurrent statements over the same rows lock alike, and then in that of time. */
function byKey(a: SuppressionChange, b: SuppressionChange): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left === right ? a.at - b.at : left < right ? -1 : 1;
}

function keyOf({ enterpriseId, channelId, address }: SuppressionChange): string {
  return [enterpriseId, channelId, address].join("\n");
}
