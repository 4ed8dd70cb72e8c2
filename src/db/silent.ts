import { sql } from "drizzle-orm";
import { LANES, type Lane } from "../domain/lane.ts";
import type { Times } from "../domain/times.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";

export type SilentDelivery = { lane: Lane; enterpriseId: string; deliveryId: string };

/** Rows that are to be rung for, oldest first, at most `perLane` of each lane. Looks without locking. */
export async function findSilent(db: Db, perLane: number): Promise<SilentDelivery[]> {
  const ofLane = (lane: Lane) => sql`(
    SELECT lane, enterprise_id AS enterpriseId, delivery_id AS deliveryId
      FROM deliveries FORCE INDEX (deliveries_ring)
     WHERE lane = ${lane} AND ring_at <= UTC_TIMESTAMP(3) ORDER BY ring_at LIMIT ${perLane})`;
  const { rows } = await db.execute(sql.join(LANES.map(ofLane), sql` UNION ALL `));
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
