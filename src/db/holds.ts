import { sql } from "drizzle-orm";
import { readPolicy, type AmbiguityPolicy, type HoldEnd } from "../domain/reconciliation.ts";
import type { Times } from "../domain/times.ts";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { heldColumns, ofLastAttempt, readHeld, type HeldDelivery, type HeldRow } from "./leases.ts";
import { insertFailures } from "./logs.ts";
import { afterMs, utcNow } from "./time.ts";

/** A delivery that was held in vain, with what its enterprise wants done and what logging it needs. */
export type EndedHold = HeldDelivery & { attemptId: string | null; gateway: string; policy: AmbiguityPolicy };

/** Deliveries of which no proof was found while they were held. Looks without locking. */
export async function findEndedHolds(db: Db, limit: number): Promise<EndedHold[]> {
  const { rows } = await db.execute(sql`
    SELECT ${heldColumns}, a.attempt_id AS attemptId, d.gateway, c.ambiguity_policy AS policy
      FROM deliveries d FORCE INDEX (deliveries_hold)
      LEFT JOIN attempts a ON ${ofLastAttempt}
      LEFT JOIN customers c ON c.enterprise_id = d.enterprise_id
     WHERE d.hold_until < ${utcNow} AND d.state = 'unknown'
     ORDER BY d.hold_until LIMIT ${limit}`);
  type Row = HeldRow & { attemptId: string | null; gateway: string; policy: string | null };
  return (rows as Row[]).map((row) => ({ ...row, ...readHeld(row), policy: readPolicy(row.policy) }));
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
