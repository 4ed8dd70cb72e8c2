import { and, asc, eq, inArray, lt, sql } from "drizzle-orm";
import { isAdapterName, type AddressKind } from "../domain/adapter-facts.ts";
import { readLane } from "../domain/lane.ts";
import type { Conclusion } from "../domain/reconciliation.ts";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { digestOf } from "./intent.ts";
import { isLastAttempt } from "./leases.ts";
import { attempts, deliveries } from "./schema-deliveries.ts";
import { customers, gateways } from "./schema.ts";
import { afterMs, utcNow } from "./time.ts";
import { truth } from "./truth.ts";

/** A delivery whose message is to be looked for, with what asking and deciding need. */
export type DueLook = Awaited<ReturnType<typeof findDueLooks>>[number];

/** Deliveries that are due to be looked for, longest due first. Looks without locking. */
export async function findDueLooks(db: Db, limit: number) {
  const rows = await db
    .select({
      enterpriseId: deliveries.enterpriseId,
      deliveryId: deliveries.deliveryId,
      shipmentId: deliveries.shipmentId,
      status: deliveries.status,
      timestampText: deliveries.timestampText,
      lane: deliveries.lane,
      state: deliveries.state,
      lookNo: deliveries.lookNo,
      attemptNo: deliveries.attemptNo,
      now: sql<number>`${utcNow}`.mapWith(deliveries.dueAt).as("now_utc"),
      attemptId: attempts.attemptId,
      startedAt: attempts.startedAt,
      providerId: attempts.providerId,
      isProven: truth(
        "is_proven",
        sql`${attempts.outcome} = 'accepted' OR EXISTS (SELECT 1 FROM receipts p
          WHERE p.enterprise_id = ${attempts.enterpriseId} AND p.attempt_id = ${attempts.attemptId})`,
      ),
      isSameAddress: truth(
        "is_same_address",
        sql`CONVERT(${attempts.target} USING utf8mb4) COLLATE utf8mb4_bin IN
        (${digestOf(sql`TRIM(${customers.phone})`)}, ${digestOf(sql`TRIM(${customers.email})`)})`,
      ),
      phone: customers.phone,
      email: customers.email,
      adapter: gateways.adapter,
      account: gateways.account,
      sender: gateways.sender,
      steps: sql<number>`(SELECT COUNT(*) FROM reconciliations r WHERE r.enterprise_id = ${deliveries.enterpriseId}
        AND r.delivery_id = ${deliveries.deliveryId} AND r.attempt_id = ${attempts.attemptId})`
        .mapWith(Number)
        .as("steps"),
    })
    .from(deliveries, { forceIndex: "deliveries_look" })
    .innerJoin(attempts, isLastAttempt)
    .leftJoin(customers, eq(customers.enterpriseId, deliveries.enterpriseId))
    .leftJoin(gateways, eq(gateways.gatewayId, attempts.gatewayId))
    .where(and(lt(deliveries.lookAt, utcNow), inArray(deliveries.state, ["unknown", "sent"])))
    .orderBy(asc(deliveries.lookAt))
    .limit(limit);
  return rows.map((row) => ({
    ...row,
    lane: readLane(row.lane),
    state: row.state === "sent" ? ("sent" as const) : ("unknown" as const),
    adapter: row.adapter !== null && isAdapterName(row.adapter) ? row.adapter : null,
    account: row.account ?? "",
  }));
}

/** Which attempts hold these messages of a provider already. */
export async function findHolders(db: Db, providerIds: string[]) {
  return db
    .select({ providerId: attempts.providerId, attemptId: attempts.attemptId })
    .from(attempts)
    .where(inArray(attempts.providerId, providerIds));
}

/**
 * How many attempts of other deliveries may have sent the same text to the same address and do not know which
 * message of the provider is theirs either, by delivery; a delivery without such rivals is left out.
 */
export async function countRivals(db: Db, looks: DueLook[], address: AddressKind): Promise<Map<string, number>> {
  const column = sql.raw(address);
  const { rows } = await db.execute(sql`
    SELECT d.delivery_id AS deliveryId, COUNT(*) AS rivals
      FROM deliveries d FORCE INDEX (PRIMARY)
      JOIN customers c ON c.enterprise_id = d.enterprise_id
      JOIN customers other ON other.${column} = c.${column}
      JOIN deliveries rival FORCE INDEX (deliveries_shipment) ON rival.enterprise_id = other.enterprise_id AND rival.shipment_id = d.shipment_id
       AND rival.status = d.status AND rival.timestamp_text = d.timestamp_text AND rival.delivery_id <> d.delivery_id
       AND (rival.state IN ('sending', 'unknown', 'unconfirmed', 'sent') OR rival.code = 'dropped')
       AND SUBSTRING_INDEX(rival.lane, '_', 1) = SUBSTRING_INDEX(d.lane, '_', 1)
      JOIN attempts a FORCE INDEX (attempts_delivery) ON a.enterprise_id = rival.enterprise_id AND a.delivery_id = rival.delivery_id
       AND a.attempt_no = rival.attempt_no AND a.provider_id IS NULL
     WHERE ${namedRows("d", namesOf(looks))}
     GROUP BY d.delivery_id`);
  return new Map(
    (rows as { deliveryId: string; rivals: string }[]).map(({ deliveryId, rivals }) => [deliveryId, Number(rivals)]),
  );
}

/** A look with what followed from it. */
export type ConcludedLook = { look: DueLook; conclusion: Exclude<Conclusion, { kind: "accepted" }> };

/**
 * Moves deliveries on after a look that did not find their message. Guarded by the number of looks and of the
 * attempt: of two sweeps that looked at the same time, one counts.
 */
export async function moveAfterLook(db: Db, concluded: ConcludedLook[], silentAfterMs: number): Promise<void> {
  const each = (value: (one: ConcludedLook) => unknown) =>
    caseBy("delivery_id", concluded, ({ look }) => look.deliveryId, value);
  const again = each(({ conclusion }) =>
    conclusion.kind === "proven_absent" || conclusion.againMs === null ? null : afterMs(conclusion.againMs),
  );
  const resent = concluded.filter(({ conclusion }) => conclusion.kind === "proven_absent");
  const ids = resent.map(({ look }) => look.deliveryId);
  const isResent = ids.length === 0 ? sql`FALSE` : inArray(sql.raw("delivery_id"), ids);
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET look_at = ${again},
           look_no = ${each(({ look, conclusion }) => lookNoAfter(look, conclusion))},
           due_at = IF(${isResent}, LEAST(expires_at, ${utcNow}), due_at),
           ring_at = IF(${isResent}, ${afterMs(silentAfterMs)}, ring_at),
           hold_until = IF(${isResent}, NULL, hold_until),
           code = IF(${isResent}, NULL, code),
           state = IF(${isResent}, 'retrying', state)
     WHERE ${namedRows("deliveries", namesOf(concluded.map(({ look }) => look)))}
       AND state IN ('unknown', 'sent') AND state = ${each(({ look }) => look.state)}
       AND attempt_no = ${each(({ look }) => look.attemptNo)} AND look_no = ${each(({ look }) => look.lookNo)}`);
}

/** Looks that found nothing add up only while nothing else was seen in between. */
function lookNoAfter(look: DueLook, { kind }: ConcludedLook["conclusion"]): number {
  switch (kind) {
    case "absent":
      return look.lookNo + 1;
    case "unanswered":
      return look.lookNo;
    case "unclear":
    case "proven_absent":
      return 0;
  }
}
