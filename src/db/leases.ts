import { and, asc, eq, lt, sql } from "drizzle-orm";
import { HOLD_MS } from "../domain/next-step.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { insertFailures } from "./logs.ts";
import { attempts, deliveries } from "./schema.ts";
import { afterMs, utcNow } from "./time.ts";

/** A claim that ran out, and whether its call was intended: then nobody knows whether it was made. */
export type ExpiredLease = { enterpriseId: string; deliveryId: string; attemptId: string | null };

/** Deliveries whose lease has ended while they were being sent. Looks without locking. */
export function findExpiredLeases(db: Db, limit: number): Promise<ExpiredLease[]> {
  return db
    .select({
      enterpriseId: deliveries.enterpriseId,
      deliveryId: deliveries.deliveryId,
      attemptId: attempts.attemptId,
    })
    .from(deliveries)
    .leftJoin(
      attempts,
      and(
        eq(attempts.enterpriseId, deliveries.enterpriseId),
        eq(attempts.deliveryId, deliveries.deliveryId),
        eq(attempts.attemptNo, deliveries.attemptNo),
      ),
    )
    .where(and(lt(deliveries.leaseUntil, utcNow), eq(deliveries.state, "sending")))
    .orderBy(asc(deliveries.leaseUntil))
    .limit(limit);
}

/** Without an attempt row no call was made: the deliveries are due again. */
export async function requeueExpired(db: Db, leases: ExpiredLease[]): Promise<void> {
  if (leases.length === 0) return;
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET state = 'queued', lease_token = NULL, lease_until = NULL, due_at = ${utcNow}, ring_at = ${utcNow}
     WHERE ${stillExpired(leases)}`);
}

/** With an attempt row the call may have been made: the deliveries are held until somebody knows. */
export async function holdExpired(db: Db, leases: ExpiredLease[]): Promise<void> {
  if (leases.length === 0) return;
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET state = 'unknown', lease_token = NULL, lease_until = NULL, hold_until = ${afterMs(HOLD_MS)}
     WHERE ${stillExpired(leases)}`);
}

function stillExpired(leases: ExpiredLease[]) {
  return sql`${namedRows("deliveries", namesOf(leases))} AND state = 'sending' AND lease_until < ${utcNow}`;
}

/** A delivery that was held in vain, with what its failure entry needs. */
export type EndedHold = Awaited<ReturnType<typeof findEndedHolds>>[number];

/** Deliveries about which no receipt came while they were held. Looks without locking. */
export async function findEndedHolds(db: Db, limit: number) {
  return db
    .select({
      enterpriseId: deliveries.enterpriseId,
      deliveryId: deliveries.deliveryId,
      shipmentId: deliveries.shipmentId,
      status: deliveries.status,
      occurredAt: deliveries.occurredAt,
      channel: deliveries.channel,
      gateway: deliveries.gateway,
      attemptNo: deliveries.attemptNo,
    })
    .from(deliveries)
    .where(and(lt(deliveries.holdUntil, utcNow), eq(deliveries.state, "unknown")))
    .orderBy(asc(deliveries.holdUntil))
    .limit(limit);
}

/** Parks deliveries that were held in vain; a receipt still moves them. */
export async function parkUnconfirmed(db: Db, holds: EndedHold[]): Promise<void> {
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET state = 'unconfirmed', code = 'unconfirmed', hold_until = NULL
     WHERE ${namedRows("deliveries", namesOf(holds))} AND state = 'unknown' AND hold_until < ${utcNow}`);
}

/** Logs what was held in vain. Repeating it changes nothing. */
export async function logUnconfirmed(db: Db, holds: EndedHold[], message: string): Promise<void> {
  await insertFailures(
    db,
    holds.map((hold) => ({
      ...hold,
      attemptId: null,
      code: "unconfirmed",
      message,
      providerCode: null,
      providerId: null,
    })),
  );
}
