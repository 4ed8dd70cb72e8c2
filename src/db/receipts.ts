import { inArray, sql } from "drizzle-orm";
import { isOwnAccount } from "../domain/credentials.ts";
import { UNPROVEN_STATES, type DeliveryState } from "../domain/delivery.ts";
import type { Receipt } from "../domain/receipt.ts";
import { accountOf } from "./account.ts";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { fit } from "./fit.ts";
import { insertFailures, insertLogs } from "./logs.ts";
import { instantOf, textOf, utcNow } from "./time.ts";
import { isTrue, type Truth } from "./truth.ts";

type SameInBoth = Record<"enterpriseId" | "attemptId" | "deliveryId" | "shipmentId" | "status", string> &
  Record<"gatewayId" | "gateway" | "channel", string> & { channelId: string | null; attemptNo: number };

/** An attempt that receipts speak of, with what logging them needs, and what is known already. */
export type ReceiptedAttempt = SameInBoth & {
  startedAt: number;
  occurredAt: number;
  state: DeliveryState;
  /** Whether its receipt is missed if none comes. */
  isWaitedFor: boolean;
  isAccepted: boolean;
  isLogged: boolean;
  customer: { phone: string | null; email: string | null } | null;
};

type AttemptRow = SameInBoth &
  Record<"startedAt" | "occurredAt", string> &
  Record<"isWaitedFor" | "isAccepted" | "isLogged", Truth> &
  Record<"customerId" | "phone" | "email", string | null> & { state: DeliveryState };

/** A receipt and the attempt that it proves. */
export type ProvenAttempt = { receipt: Receipt; attempt: ReceiptedAttempt };

/**
 * The attempts that receipts name, where enterprise and attempt belong together, and that went through one of
 * these provider accounts. Of a gateway that is gone, any configured account is believed, but no enterprise's own.
 */
export async function findAttempts(
  db: Db,
  named: Pick<Receipt, "enterpriseId" | "attemptId">[],
  accounts: readonly string[],
): Promise<ReceiptedAttempt[]> {
  const enterpriseIds = [...new Set(named.map((receipt) => receipt.enterpriseId))];
  const attemptIds = [...new Set(named.map((receipt) => receipt.attemptId))];
  const orGone = accounts.every(isOwnAccount) ? sql`` : sql` OR gateways.gateway_id IS NULL`;
  const { rows } = await db.execute(sql`
    SELECT a.enterprise_id AS enterpriseId, a.attempt_id AS attemptId, a.attempt_no AS attemptNo,
           a.started_at AS startedAt, a.gateway_id AS gatewayId, a.gateway,
           d.delivery_id AS deliveryId, d.shipment_id AS shipmentId, d.status, d.occurred_at AS occurredAt,
           d.channel_id AS channelId, d.channel, d.state, d.look_at IS NOT NULL AS isWaitedFor,
           a.outcome <=> 'accepted' AND a.provider_id IS NOT NULL AS isAccepted,
           logs.provider_id IS NOT NULL AS isLogged,
           customers.enterprise_id AS customerId, customers.phone, customers.email
      FROM attempts a
      JOIN deliveries d ON d.enterprise_id = a.enterprise_id AND d.delivery_id = a.delivery_id
      LEFT JOIN logs ON logs.enterprise_id = a.enterprise_id AND logs.attempt_id = a.attempt_id
      LEFT JOIN gateways ON gateways.gateway_id = a.gateway_id
      LEFT JOIN customers ON customers.enterprise_id = a.enterprise_id
     WHERE (${inArray(accountOf("gateways"), [...accounts])}${orGone})
       AND a.enterprise_id IN ${enterpriseIds} AND a.attempt_id IN ${attemptIds}`);
  return (rows as AttemptRow[]).map(({ customerId, phone, email, ...row }) => ({
    ...row,
    startedAt: instantOf(row.startedAt),
    occurredAt: instantOf(row.occurredAt),
    isWaitedFor: isTrue(row.isWaitedFor),
    isAccepted: isTrue(row.isAccepted),
    isLogged: isTrue(row.isLogged),
    customer: customerId === null ? null : { phone, email },
  }));
}

/** Stores receipts as a set: an event that came before changes nothing. */
export async function insertReceipts(db: Db, received: Receipt[]): Promise<void> {
  const rows = received.toSorted(byKey).map(
    ({ enterpriseId, attemptId, eventId, kind, code, reason, providerId, occurredAt }) =>
      sql`(${enterpriseId}, ${attemptId}, ${fit(eventId)}, ${kind}, ${code}, ${reason}, ${fit(providerId)},
          ${occurredAt === null ? null : textOf(occurredAt)}, ${utcNow})`,
  );
  await db.execute(sql`
    INSERT INTO receipts (enterprise_id, attempt_id, event_id, kind, code, reason, provider_id, occurred_at, received_at)
    VALUES ${sql.join(rows, sql`, `)}
    ON DUPLICATE KEY UPDATE kind = receipts.kind`);
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
