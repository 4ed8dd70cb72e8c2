import { inArray, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { afterMs } from "./time.ts";

/** Deliveries named by their ids, with the enterprises they belong to (the sharding key on Vitess). */
export type DeliveryNames = { enterpriseIds: string[]; deliveryIds: string[] };

/**
 * Claims what is due among the named deliveries, under one lease: guarded, by primary key (an index on the
 * state would lock the whole queue), and only where no sibling of the same shipment and channel is being
 * sent. Which rows are ours is told by the load, not by the count.
 */
export async function claimDue(db: Db, names: DeliveryNames, leaseToken: string, leaseMs: number): Promise<void> {
  await db.execute(sql`
    UPDATE deliveries d FORCE INDEX (PRIMARY)
      LEFT JOIN deliveries sibling FORCE INDEX (deliveries_shipment)
        ON sibling.enterprise_id = d.enterprise_id AND sibling.shipment_id = d.shipment_id
       AND sibling.channel_id = d.channel_id AND sibling.state = 'sending'
       SET d.state = 'sending', d.lease_token = ${leaseToken}, d.lease_until = ${afterMs(leaseMs)},
           d.attempt_no = d.attempt_no + 1, d.ring_at = NULL
     WHERE ${namedRows("d", names)} AND d.state IN ('queued', 'retrying')
       AND d.due_at <= UTC_TIMESTAMP(3) AND sibling.delivery_id IS NULL`);
}

/** The condition that names rows by enterprise and primary key, for a table or its alias. */
export function namedRows(alias: string, { enterpriseIds, deliveryIds }: DeliveryNames) {
  const of = (column: string) => sql.raw(`${alias}.${column}`);
  return sql`${inArray(of("enterprise_id"), enterpriseIds)} AND ${inArray(of("delivery_id"), deliveryIds)}`;
}

/** The names of some deliveries, without repeats, in key order so that concurrent statements lock alike. */
export function namesOf(rows: { enterpriseId: string; deliveryId: string }[]): DeliveryNames {
  return {
    enterpriseIds: [...new Set(rows.map((row) => row.enterpriseId))].toSorted(),
    deliveryIds: [...new Set(rows.map((row) => row.deliveryId))].toSorted(),
  };
}
