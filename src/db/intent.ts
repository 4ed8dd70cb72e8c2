import { sql, type SQL } from "drizzle-orm";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { afterMs, utcNow } from "./time.ts";

/** An attempt about to be made. */
export type Intent = {
  attemptId: string;
  enterpriseId: string;
  deliveryId: string;
  gatewayId: string;
  gateway: string;
  /** The address that is sent to; only its digest is kept. */
  to: string;
};

/**
 * Commits the intent to call: one attempt row for each delivery whose lease is still ours and lasts longer
 * than a call. This is the fence: only what is returned may be called.
 */
export async function commitIntents(
  db: Db,
  intents: Intent[],
  leaseToken: string,
  callTimeoutMs: number,
): Promise<Intent[]> {
  const pick = (value: (intent: Intent) => string) =>
    caseBy("d.delivery_id", intents, (intent) => intent.deliveryId, value);
  const { rowsAffected } = await db.execute(sql`
    INSERT INTO attempts (attempt_id, enterprise_id, delivery_id, attempt_no, gateway_id, gateway, target, started_at)
    SELECT ${pick((intent) => intent.attemptId)}, d.enterprise_id, d.delivery_id, d.attempt_no,
           ${pick((intent) => intent.gatewayId)}, ${pick((intent) => intent.gateway)},
           ${digestOf(pick((intent) => intent.to))}, ${utcNow}
      FROM deliveries d FORCE INDEX (PRIMARY)
     WHERE ${namedRows("d", namesOf(intents))} AND d.state = 'sending' AND d.lease_token = ${leaseToken}
       AND d.lease_until > ${afterMs(callTimeoutMs)}`);
  return rowsAffected === intents.length ? intents : findCommitted(db, intents);
}

/** What is kept of an address: enough to tell later whether it is still the same. */
export function digestOf(address: SQL): SQL {
  return sql`LEFT(SHA2(${address}, 256), 43)`;
}

/** Which of these intents have their row. */
export async function findCommitted(db: Db, intents: Intent[]): Promise<Intent[]> {
  const attemptIds = intents.map((intent) => intent.attemptId);
  const { rows } = await db.execute(sql`
    SELECT attempt_id AS attemptId FROM attempts
     WHERE enterprise_id IN ${namesOf(intents).enterpriseIds} AND attempt_id IN ${attemptIds}`);
  const committed = new Set((rows as { attemptId: string }[]).map((row) => row.attemptId));
  return intents.filter((intent) => committed.has(intent.attemptId));
}
