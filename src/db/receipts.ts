import { and, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { UNPROVEN_STATES, type DeliveryState } from "../domain/delivery.ts";
import type { Receipt } from "../domain/receipt.ts";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { fit } from "./fit.ts";
import { insertFailures, insertLogs } from "./logs.ts";
import { attempts, deliveries, logs, receipts } from "./schema-deliveries.ts";
import { customers, gateways } from "./schema.ts";
import { utcNow } from "./time.ts";
import { truth } from "./truth.ts";

/** An attempt that receipts speak of, with what logging them needs, and what is known already. */
export type ReceiptedAttempt = Awaited<ReturnType<typeof findAttempts>>[number];

/** A receipt and the attempt that it proves. */
export type ProvenAttempt = { receipt: Receipt; attempt: ReceiptedAttempt };

/**
 * The attempts that receipts name, where enterprise and attempt belong together, and that went through one of
 * these provider accounts. Of a gateway that is gone, any account is believed.
 */
export async function findAttempts(
  db: Db,
  named: Pick<Receipt, "enterpriseId" | "attemptId">[],
  accounts: readonly string[],
) {
  return db
    .select({
      enterpriseId: attempts.enterpriseId,
      attemptId: attempts.attemptId,
      attemptNo: attempts.attemptNo,
      startedAt: attempts.startedAt,
      gatewayId: attempts.gatewayId,
      gateway: attempts.gateway,
      deliveryId: deliveries.deliveryId,
      shipmentId: deliveries.shipmentId,
      status: deliveries.status,
      occurredAt: deliveries.occurredAt,
      channelId: deliveries.channelId,
      channel: deliveries.channel,
      state: sql<DeliveryState>`${deliveries.state}`,
      isWaitedFor: truth("is_waited_for", sql`${deliveries.lookAt} IS NOT NULL`),
      isAccepted: truth("is_accepted", sql`${attempts.outcome} = 'accepted' AND ${attempts.providerId} IS NOT NULL`),
      isLogged: truth("is_logged", sql`${logs.providerId} IS NOT NULL`),
      customer: { phone: customers.phone, email: customers.email },
    })
    .from(attempts)
    .innerJoin(
      deliveries,
      and(eq(deliveries.enterpriseId, attempts.enterpriseId), eq(deliveries.deliveryId, attempts.deliveryId)),
    )
    .leftJoin(logs, and(eq(logs.enterpriseId, attempts.enterpriseId), eq(logs.attemptId, attempts.attemptId)))
    .leftJoin(gateways, eq(gateways.gatewayId, attempts.gatewayId))
    .leftJoin(customers, eq(customers.enterpriseId, attempts.enterpriseId))
    .where(
      and(
        or(isNull(gateways.gatewayId), inArray(gateways.account, [...accounts])),
        inArray(attempts.enterpriseId, [...new Set(named.map((receipt) => receipt.enterpriseId))]),
        inArray(attempts.attemptId, [...new Set(named.map((receipt) => receipt.attemptId))]),
      ),
    );
}

/** Stores receipts as a set: an event that came before changes nothing. */
export async function insertReceipts(db: Db, rows: Receipt[]): Promise<void> {
  await db
    .insert(receipts)
    .values(
      rows.toSorted(byKey).map(({ wish: _, ...row }) => ({
        ...row,
        eventId: fit(row.eventId),
        providerId: fit(row.providerId),
        receivedAt: utcNow,
      })),
    )
    .onDuplicateKeyUpdate({ set: { kind: sql`kind` } });
}

/** Rows go in key order, so that concurrent statements over the same rows lock alike. */
function byKey(a: Receipt, b: Receipt): number {
  const [left, right] = [a, b].map((row) => [row.enterpriseId, row.attemptId, row.eventId].join("\n"));
  return (left ?? "") < (right ?? "") ? -1 : 1;
}

/** A receipt proves that the provider has the message, whatever the call itself came to. */
export async function markAccepted(db: Db, proven: ProvenAttempt[]): Promise<void> {
  if (proven.length === 0) return;
  const each = (value: (receipt: Receipt) => unknown) =>
    caseBy(
      "attempt_id",
      proven,
      ({ attempt }) => attempt.attemptId,
      ({ receipt }) => value(receipt),
    );
  const ids = proven.map(({ attempt }) => attempt.attemptId);
  const enterprises = [...new Set(proven.map(({ attempt }) => attempt.enterpriseId))];
  await db.execute(sql`
    UPDATE attempts FORCE INDEX (PRIMARY)
       SET outcome = 'accepted', code = NULL, reason = NULL,
           provider_id = COALESCE(provider_id, ${each((receipt) => fit(receipt.providerId))}), gateway_failed = FALSE,
           ended_at = COALESCE(ended_at, ${utcNow})
     WHERE ${inArray(sql.raw("enterprise_id"), enterprises)} AND ${inArray(sql.raw("attempt_id"), ids)}
       AND NOT (outcome <=> 'accepted' AND provider_id IS NOT NULL)`);
}

export type ReceiptMove = {
  enterpriseId: string;
  deliveryId: string;
  gatewayId: string;
  gateway: string;
  to: "sent" | "delivered" | "undelivered";
};

/** Moves deliveries forward, never back: each only from the states that its new one may follow. */
export async function moveForward(db: Db, moves: ReceiptMove[]): Promise<void> {
  if (moves.length === 0) return;
  const each = (value: (move: ReceiptMove) => string) => caseBy("delivery_id", moves, (move) => move.deliveryId, value);
  // Lists are searched by halves; a CASE of a thousand branches would be gone through for each of a thousand rows.
  const movesTo = (state: ReceiptMove["to"]) => {
    const ids = moves.filter((move) => move.to === state).map((move) => move.deliveryId);
    return ids.length === 0 ? sql`FALSE` : inArray(sql.raw("delivery_id"), ids);
  };
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET settled_at = IF(${movesTo("sent")}, NULL, ${utcNow}),
           code = IF(${movesTo("undelivered")}, 'undelivered', NULL),
           gateway_id = ${each((move) => move.gatewayId)}, gateway = ${each((move) => move.gateway)},
           lease_token = NULL, lease_until = NULL, hold_until = NULL, look_at = NULL, ring_at = NULL,
           state = CASE WHEN ${movesTo("delivered")} THEN 'delivered'
                        WHEN ${movesTo("undelivered")} THEN 'undelivered' ELSE 'sent' END
     WHERE ${namedRows("deliveries", namesOf(moves))}
       AND state IN ${[...UNPROVEN_STATES, "sent"]}`);
}

/** Writes the `logs` rows that are missing. */
export async function logProven(db: Db, proven: ProvenAttempt[]): Promise<void> {
  await insertLogs(
    db,
    proven.map(({ receipt, attempt }) => ({
      ...logged(attempt),
      providerId: fit(receipt.providerId),
    })),
  );
}

/** Writes a `logs_failure` row for each attempt that a provider has given up. */
export async function logUndelivered(db: Db, givenUp: ProvenAttempt[]): Promise<void> {
  await insertFailures(
    db,
    givenUp.map(({ receipt, attempt }) => ({
      ...logged(attempt),
      attemptNo: attempt.attemptNo,
      code: "undelivered",
      message: receipt.reason ?? "The provider could not deliver the message and did not say why.",
      providerCode: receipt.code,
      providerId: fit(receipt.providerId),
    })),
  );
}

function logged(attempt: ReceiptedAttempt) {
  const { enterpriseId, attemptId, deliveryId, shipmentId, status, occurredAt, channel, gateway } = attempt;
  return { enterpriseId, attemptId, deliveryId, shipmentId, status, occurredAt, channel, gateway };
}
