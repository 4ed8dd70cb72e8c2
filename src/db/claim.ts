import { inArray, sql, type SQL } from "drizzle-orm";
import type { Times } from "../domain/times.ts";
import type { Db } from "./client.ts";
import { afterMs } from "./time.ts";

/** Deliveries named by their ids, with the enterprises they belong to (the sharding key on Vitess). */
export type DeliveryNames = { enterpriseIds: string[]; deliveryIds: string[] };

/**
 * Claims what is due among the named deliveries, under one lease: guarded, by primary key (an index on the
 * state would lock the whole queue), and only where no sibling of the same shipment and channel is being
 * sent. What has to wait for one is due again after a while and gets our token, so that of all bells that told of
 * it only ours is repeated. Which rows are ours is told by the load, not by the count.
 */
export async function claimDue(db: Db, names: DeliveryNames, leaseToken: string, times: Times): Promise<void> {
  const ifFree = (then: SQL, otherwise: SQL) => sql`IF(${isFree}, ${then}, ${otherwise})`;
  await db.execute(sql`
    UPDATE deliveries d FORCE INDEX (PRIMARY)
      LEFT JOIN deliveries sibling FORCE INDEX (deliveries_shipment)
        ON sibling.enterprise_id = d.enterprise_id AND sibling.shipment_id = d.shipment_id
       AND sibling.channel_id = d.channel_id AND sibling.state = 'sending'
       SET d.lease_token = ${leaseToken},
           d.lease_until = ${ifFree(afterMs(times.lease), sql`NULL`)},
           d.attempt_no = ${ifFree(sql`d.attempt_no + 1`, sql`d.attempt_no`)},
           d.ring_at = ${ifFree(sql`NULL`, sql`d.ring_at`)},
           d.due_at = ${ifFree(sql`d.due_at`, sql`LEAST(d.expires_at, ${afterMs(times.waitForSibling)})`)},
           d.state = ${ifFree(sql`'sending'`, sql`d.state`)}
     WHERE ${namedRows("d", names)} AND d.state IN ('queued', 'retrying') AND d.due_at <= UTC_TIMESTAMP(3)`);
}

const isFree = sql.raw("sibling.delivery_id IS NULL");

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
