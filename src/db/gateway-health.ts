import { sql } from "drizzle-orm";
import type { HealthChange } from "../domain/gateway-health.ts";
import type { Db } from "./client.ts";
import { afterMs, utcNow } from "./time.ts";

/** Names the change that comes after the present health of `gateways g`, the same for whoever asks. */
export const nextChange = sql`CONCAT('chg_', LEFT(SHA2(CONCAT_WS('/', g.gateway_id, g.health, g.health_since), 256), 32))`;

/**
 * Changes a gateway's health, the reason first: of several reviewers, and of a repetition, one row stays, and
 * the health is what that row says. Tells whether the change was ours.
 */
export async function changeHealth(db: Db, change: HealthChange, restMs: number): Promise<boolean> {
  const { changeId, gatewayId, health, reason } = change;
  const unchanged = sql`g.gateway_id = ${gatewayId} AND ${nextChange} = ${changeId}`;
  await db.execute(sql`
    INSERT INTO gateway_changes (change_id, gateway_id, health, reason, changed_at)
    SELECT ${changeId}, g.gateway_id, ${health}, ${reason}, ${utcNow} FROM gateways g WHERE ${unchanged}
        ON DUPLICATE KEY UPDATE change_id = gateway_changes.change_id`);
  const { rowsAffected } = await db.execute(sql`
    UPDATE gateways g JOIN gateway_changes c ON c.change_id = ${changeId}
       SET g.health = c.health, g.health_since = ${utcNow}, g.trial_at = NULL,
           g.health_until = IF(c.health = 'well', NULL, ${afterMs(restMs)})
     WHERE ${unchanged}`);
  return rowsAffected > 0;
}

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
