import type { Db } from "./client.ts";
import { sql, type SQL } from "drizzle-orm";
import { utcNow } from "./time.ts";

/** One step of finding out what became of an attempt; `message` says what was concluded from what. */
export type ReconciliationStep = {
  enterpriseId: string;
  deliveryId: string;
  attemptId: string;
  stepNo: number;
  source: string;
  conclusion: string;
  message: string;
};

/**
 * Writes steps down, in key order. Repeating one changes nothing. Of two sweeps that look at the same time, the one
 * that has the proof is heard: it is what a second send is explained by.
 */
export async function insertSteps(db: Db, steps: ReconciliationStep[]): Promise<void> {
  if (steps.length === 0) return;
  const key = ({ enterpriseId, deliveryId, attemptId, stepNo }: ReconciliationStep) =>
    [enterpriseId, deliveryId, attemptId, String(stepNo).padStart(5, "0")].join("\n");
  const rows = steps
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(
      ({ enterpriseId, deliveryId, attemptId, stepNo, source, conclusion, message }) =>
        sql`(${enterpriseId}, ${deliveryId}, ${attemptId}, ${stepNo}, ${source}, ${conclusion}, ${message}, ${utcNow})`,
    );
  await db.execute(sql`
    INSERT INTO reconciliations
           (enterprise_id, delivery_id, attempt_id, step_no, source, conclusion, message, concluded_at)
    VALUES ${sql.join(rows, sql`, `)}
    ON DUPLICATE KEY UPDATE source = ${ifProof("source")}, message = ${ifProof("message")},
                            conclusion = ${ifProof("conclusion")}`);
}

function ifProof(column: "source" | "message" | "conclusion"): SQL {
  return sql.raw(`IF(VALUES(conclusion) = 'proven_absent', VALUES(${column}), ${column})`);
}
