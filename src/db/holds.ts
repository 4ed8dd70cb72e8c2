import { and, asc, eq, lt, sql } from "drizzle-orm";
import { readLane } from "../domain/lane.ts";
import { readPolicy, type HoldEnd } from "../domain/reconciliation.ts";
import type { Times } from "../domain/times.ts";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { heldDelivery, isLastAttempt } from "./leases.ts";
import { insertFailures } from "./logs.ts";
import { attempts, deliveries } from "./schema-deliveries.ts";
import { customers } from "./schema.ts";
import { afterMs, utcNow } from "./time.ts";

/** A delivery that was held in vain, with what its enterprise wants done and what logging it needs. */
export type EndedHold = Awaited<ReturnType<typeof findEndedHolds>>[number];

/** Deliveries of which no proof was found while they were held. Looks without locking. */
export async function findEndedHolds(db: Db, limit: number) {
  const rows = await db
    .select({
      ...heldDelivery,
      lane: deliveries.lane,
      attemptId: attempts.attemptId,
      gateway: deliveries.gateway,
      policy: customers.ambiguityPolicy,
    })
    .from(deliveries, { forceIndex: "deliveries_hold" })
    .leftJoin(attempts, isLastAttempt)
    .leftJoin(customers, eq(customers.enterpriseId, deliveries.enterpriseId))
    .where(and(lt(deliveries.holdUntil, utcNow), eq(deliveries.state, "unknown")))
    .orderBy(asc(deliveries.holdUntil))
    .limit(limit);
  return rows.map((row) => ({ ...row, lane: readLane(row.lane), policy: readPolicy(row.policy) }));
}

/** A hold that ends, and how. */
export type EndingHold = { hold: EndedHold; end: HoldEnd };

/** Logs what ends without a message that is known to have arrived. Repeating it changes nothing. */
export async function logHoldEnds(db: Db, endings: EndingHold[]): Promise<void> {
  await insertFailures(
    db,
    endings.flatMap(({ hold: { lane: _, policy: __, ...hold }, end }) =>
      end.code === null
        ? []
        : [{ ...hold, code: end.code, message: end.message, providerCode: null, providerId: null }],
    ),
  );
}

/** Ends holds; one of which proof came meanwhile stays where the proof has moved it. */
export async function moveHoldEnds(db: Db, endings: EndingHold[], times: Times): Promise<void> {
  const each = (value: (ending: EndingHold) => unknown) =>
    caseBy("delivery_id", endings, ({ hold }) => hold.deliveryId, value);
  const isOver = each(({ end }) => end.state !== "retrying");
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET code = ${each(({ end }) => end.code)}, hold_until = NULL, look_at = NULL, look_no = 0,
           due_at = IF(${isOver}, due_at, LEAST(expires_at, ${utcNow})),
           ring_at = IF(${isOver}, NULL, ${afterMs(times.silentAfter)}),
           settled_at = IF(${isOver}, ${utcNow}, NULL),
           state = ${each(({ end }) => end.state)}
     WHERE ${namedRows("deliveries", namesOf(endings.map(({ hold }) => hold)))}
       AND state = 'unknown' AND hold_until < ${utcNow}
       AND attempt_no = ${each(({ hold }) => hold.attemptNo)}`);
}
