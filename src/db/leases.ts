import { sql } from "drizzle-orm";
import { readLane, type Lane } from "../domain/lane.ts";
import type { SendOutcomeKind } from "../domain/send-outcome.ts";
import type { Db } from "./client.ts";
import { instantOf, utcNow } from "./time.ts";

/** What logging needs of a delivery that is being sent or held. */
export type HeldDelivery = Record<"enterpriseId" | "deliveryId" | "shipmentId" | "status" | "channel", string> & {
  occurredAt: number;
  attemptNo: number;
  lane: Lane;
};

/** The same as the database has it. */
export type HeldRow = Omit<HeldDelivery, "occurredAt" | "lane"> & { occurredAt: string; lane: string };

/** The columns of such a row `d`. */
export const heldColumns = sql.raw(`d.enterprise_id AS enterpriseId, d.delivery_id AS deliveryId,
  d.shipment_id AS shipmentId, d.status, d.occurred_at AS occurredAt, d.channel, d.attempt_no AS attemptNo, d.lane`);

/** Joins a delivery `d` to the attempt `a` of its last claim. */
export const ofLastAttempt = sql.raw(
  "a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id AND a.attempt_no = d.attempt_no",
);

/** What is known of the call that a claim was for; nulls where none was intended. */
type LastCall = { outcome: SendOutcomeKind | "not_started" | null } & Record<
  "attemptId" | "gatewayId" | "gateway" | "code" | "reason" | "providerId",
  string | null
>;

/** A claim that ran out. */
export type ExpiredLease = HeldDelivery & LastCall;

/** Deliveries whose lease has ended while they were being sent. Looks without locking. */
export async function findExpiredLeases(db: Db, limit: number): Promise<ExpiredLease[]> {
  const { rows } = await db.execute(sql`
    SELECT ${heldColumns}, a.attempt_id AS attemptId, a.gateway_id AS gatewayId, a.gateway, a.outcome, a.code, a.reason,
           a.provider_id AS providerId
      FROM deliveries d FORCE INDEX (deliveries_lease)
      LEFT JOIN attempts a ON ${ofLastAttempt}
     WHERE d.lease_until < ${utcNow} AND d.state = 'sending'
     ORDER BY d.lease_until LIMIT ${limit}`);
  return (rows as (HeldRow & LastCall)[]).map((row) => ({ ...row, ...readHeld(row) }));
}

/** What is not as the database has it. */
export function readHeld({ occurredAt, lane }: HeldRow): Pick<HeldDelivery, "occurredAt" | "lane"> {
  return { occurredAt: instantOf(occurredAt), lane: readLane(lane) };
}
