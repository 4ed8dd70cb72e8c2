import type { Db } from "./client.ts";
import { sql } from "drizzle-orm";
import { reconciliations } from "./schema-deliveries.ts";
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

/** Writes steps down, in key order. Repeating one changes nothing. */
export async function insertSteps(db: Db, steps: ReconciliationStep[]): Promise<void> {
  if (steps.length === 0) return;
  const key = ({ enterpriseId, deliveryId, attemptId, stepNo }: ReconciliationStep) =>
    [enterpriseId, deliveryId, attemptId, String(stepNo).padStart(5, "0")].join("\n");
  await db
    .insert(reconciliations)
    .values(steps.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)).map((step) => ({ ...step, concludedAt: utcNow })))
    .onDuplicateKeyUpdate({ set: { message: sql`message` } });
}
