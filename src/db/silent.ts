import { sql } from "drizzle-orm";
import type { Lane } from "../domain/lane.ts";
import type { Times } from "../domain/times.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";

export type SilentDelivery = { lane: Lane; enterpriseId: string; deliveryId: string };

/** Rows that are to be rung for, oldest first, at most `limit` of each lane. Looks without locking. */
export async function findSilent(db: Db, lanes: { lane: Lane; limit: number }[]): Promise<SilentDelivery[]> {
  const ofLane = ({ lane, limit }: (typeof lanes)[number]) => sql`(
    SELECT lane, enterprise_id AS enterpriseId, delivery_id AS deliveryId
      FROM deliveries FORCE INDEX (deliveries_ring)
     WHERE lane = ${lane} AND ring_at <= UTC_TIMESTAMP(3) ORDER BY ring_at LIMIT ${limit})`;
  const { rows } = await db.execute(sql.join(lanes.map(ofLane), sql` UNION ALL `));
  return rows as SilentDelivery[];
}

/** Moves on when to ring next: 1, 2, 4 … 30 minutes by default. Done before ringing, so a crash cannot ring in a loop. */
export async function moveRingOn(db: Db, silent: SilentDelivery[], times: Times): Promise<void> {
  const [first, longest] = [times.ringAgain, times.ringAgainLongest].map((ms) => ms * 1000);
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET ring_at = UTC_TIMESTAMP(3) + INTERVAL LEAST(${longest}, ${first} * POW(2, ring_no)) MICROSECOND,
           ring_no = LEAST(ring_no + 1, 10)
     WHERE ${namedRows("deliveries", namesOf(silent))} AND ring_at <= UTC_TIMESTAMP(3)`);
}

/**
 * Of rows that were rung for, those that nobody has heard of yet: their bell would still find something to do. A row
 * that was claimed, or that waits for another since, is heard of. Looks without locking, by primary key.
 */
export async function findUnheard(db: Db, rung: { enterpriseId: string; deliveryId: string }[]): Promise<string[]> {
  const { rows } = await db.execute(sql`
    SELECT delivery_id AS deliveryId FROM deliveries FORCE INDEX (PRIMARY)
     WHERE ${namedRows("deliveries", namesOf(rung))} AND ring_no > 0 AND ring_at IS NOT NULL AND due_at <= UTC_TIMESTAMP(3)`);
  return (rows as { deliveryId: string }[]).map(({ deliveryId }) => deliveryId);
}
