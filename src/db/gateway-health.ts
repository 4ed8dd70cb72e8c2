import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { afterMs, utcNow } from "./time.ts";

/**
 * Takes the trials of resting gateways, one guarded statement for each: of all batches that ask, one gets it.
 * Returns the gateways whose trial is ours.
 */
export async function takeTrials(db: Db, gatewayIds: string[], restMs: number): Promise<string[]> {
  const taken: string[] = [];
  for (const gatewayId of gatewayIds) {
    const { rowsAffected } = await db.execute(sql`
      UPDATE gateways SET trial_at = ${utcNow}, health_until = ${afterMs(restMs)}
       WHERE gateway_id = ${gatewayId} AND health <> 'well' AND health_until <= ${utcNow}`);
    if (rowsAffected > 0) taken.push(gatewayId);
  }
  return taken;
}
