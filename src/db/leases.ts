import { and, asc, eq, lt } from "drizzle-orm";
import { readLane } from "../domain/lane.ts";
import type { SendOutcomeKind } from "../domain/send-outcome.ts";
import type { Db } from "./client.ts";
import { attempts, deliveries } from "./schema-deliveries.ts";
import { utcNow } from "./time.ts";

/** The columns by which a delivery that is being sent or held is logged. */
export const heldDelivery = {
  enterpriseId: deliveries.enterpriseId,
  deliveryId: deliveries.deliveryId,
  shipmentId: deliveries.shipmentId,
  status: deliveries.status,
  occurredAt: deliveries.occurredAt,
  channel: deliveries.channel,
  attemptNo: deliveries.attemptNo,
};

/** Joins a delivery to the attempt of its last claim, if one was made. */
export const isLastAttempt = and(
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
    .from(deliveries, { forceIndex: "deliveries_lease" })
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
