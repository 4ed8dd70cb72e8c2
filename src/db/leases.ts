import { and, asc, eq, lt, sql } from "drizzle-orm";
import { readLane } from "../domain/lane.ts";
import type { SendOutcomeKind } from "../domain/send-outcome.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { insertFailures } from "./logs.ts";
import { attempts, deliveries } from "./schema.ts";
import { utcNow } from "./time.ts";

const heldDelivery = {
  enterpriseId: deliveries.enterpriseId,
  deliveryId: deliveries.deliveryId,
  shipmentId: deliveries.shipmentId,
  status: deliveries.status,
  occurredAt: deliveries.occurredAt,
  channel: deliveries.channel,
  attemptNo: deliveries.attemptNo,
};

const isLastAttempt = and(
  eq(attempts.enterpriseId, deliveries.enterpriseId),
  eq(attempts.deliveryId, deliveries.deliveryId),
  eq(attempts.attemptNo, deliveries.attemptNo),
);

/** A claim that ran out, with what is known of the call that it was for. */
export type ExpiredLease = Awaited<ReturnType<typeof findExpiredLeases>>[number];

/** Deliveries whose lease has ended while they were being sent. Looks without locking. */
export async function findExpiredLeases(db: Db, limit: number) {
  const rows = await db
    .select({
      ...heldDelivery,
      lane: deliveries.lane,
      attemptId: attempts.attemptId,
      gatewayId: attempts.gatewayId,
      gateway: attempts.gateway,
      outcome: attempts.outcome,
      code: attempts.code,
      reason: attempts.reason,
      providerId: attempts.providerId,
    })
    .from(deliveries)
    .leftJoin(attempts, isLastAttempt)
    .where(and(lt(deliveries.leaseUntil, utcNow), eq(deliveries.state, "sending")))
    .orderBy(asc(deliveries.leaseUntil))
    .limit(limit);
  return rows.map((row) => ({
    ...row,
    lane: readLane(row.lane),
    outcome: row.outcome as SendOutcomeKind | "not_started" | null,
  }));
}

/** A delivery that was held in vain, with what its failure entry needs. */
export type EndedHold = Awaited<ReturnType<typeof findEndedHolds>>[number];

/** Deliveries about which no receipt came while they were held. Looks without locking. */
export async function findEndedHolds(db: Db, limit: number) {
  return db
    .select({ ...heldDelivery, attemptId: attempts.attemptId, gateway: deliveries.gateway })
    .from(deliveries)
    .leftJoin(attempts, isLastAttempt)
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
      code: "unconfirmed",
      message,
      providerCode: null,
      providerId: null,
    })),
  );
}
