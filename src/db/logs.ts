import { sql } from "drizzle-orm";
import { sentence } from "../domain/sentence.ts";
import type { Db } from "./client.ts";
import { textOf, utcNow } from "./time.ts";

/** The facts of a delivery that both logs repeat, so that they can be read without a join. */
export type LoggedDelivery = {
  enterpriseId: string;
  deliveryId: string;
  shipmentId: string;
  status: string;
  occurredAt: number;
  channel: string;
};

export type AcceptedEntry = LoggedDelivery & { attemptId: string; gateway: string; providerId: string | null };

export type FailureEntry = LoggedDelivery & {
  /** 0 where no attempt failed: a skip. */
  attemptNo: number;
  attemptId: string | null;
  gateway: string;
  code: string;
  message: string;
  providerCode: string | null;
  providerId: string | null;
};

/** Logs what providers accepted. Repeating an entry changes nothing but a provider's id that was missing. */
export async function insertLogs(db: Db, entries: AcceptedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.toSorted(byKey);
  // Past drizzle, which would take longer to put it together than the driver takes to send it.
  await db.$client.execute(
    `INSERT INTO logs (enterprise_id, attempt_id, delivery_id, shipment_id, status, timestamp, channel, gateway,
       provider_id, notify_time)
     VALUES ${rows.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))").join(", ")}
     ON DUPLICATE KEY UPDATE provider_id = COALESCE(provider_id, VALUES(provider_id))`,
    rows.flatMap(
      ({ enterpriseId, attemptId, deliveryId, shipmentId, status, occurredAt, channel, gateway, providerId }) => [
        enterpriseId,
        attemptId,
        deliveryId,
        shipmentId,
        status,
        textOf(occurredAt),
        channel,
        gateway,
        providerId,
      ],
    ),
  );
}

/** Logs what did not arrive, with the reason. Repeating an entry changes nothing. */
export async function insertFailures(db: Db, entries: FailureEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.toSorted(byKey).map(
    (entry) =>
      sql`(${entry.enterpriseId}, ${entry.deliveryId}, ${entry.attemptNo}, ${entry.code}, ${entry.attemptId},
          ${entry.shipmentId}, ${entry.status}, ${textOf(entry.occurredAt)}, ${entry.channel}, ${entry.gateway}, ${utcNow},
          ${sentence(entry.message)}, ${entry.providerCode}, ${entry.providerId})`,
  );
  await db.execute(sql`
    INSERT INTO logs_failure (enterprise_id, delivery_id, attempt_no, code, attempt_id, shipment_id, status, timestamp,
                              channel, gateway, notify_time, message, provider_code, provider_id)
    VALUES ${sql.join(rows, sql`, `)}
    ON DUPLICATE KEY UPDATE message = logs_failure.message`);
}

/** Rows go in key order, so that concurrent statements over the same rows lock alike. */
function byKey(a: Partial<FailureEntry>, b: Partial<FailureEntry>): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

function keyOf({ enterpriseId, deliveryId, attemptId, code }: Partial<FailureEntry>): string {
  return [enterpriseId, deliveryId, attemptId, code].join("\n");
}
