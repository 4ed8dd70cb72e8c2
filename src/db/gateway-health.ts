import { sql } from "drizzle-orm";
import { readHealth, type GatewayTally, type HealthChange } from "../domain/gateway-health.ts";
import type { Db } from "./client.ts";
import { afterMs, utcNow } from "./time.ts";

/**
 * What the calls of each gateway came to lately, in one statement: good ones are counted in the index
 * `attempts_ended` alone, and only what failed, or came after a trial, is looked up.
 */
export async function tallyGateways(db: Db, windowMs: number): Promise<GatewayTally[]> {
  const lately = afterMs(-windowMs);
  const counted = (failed: boolean) => sql`a.ended_at > ${lately} AND a.gateway_failed = ${sql.raw(String(failed))}
    AND (s.health <> 'well' OR s.health_since IS NULL OR a.ended_at > s.health_since)`;
  const attemptsOfGateways = sql`attempts a FORCE INDEX (attempts_ended)
    STRAIGHT_JOIN gateways s ON s.gateway_id = a.gateway_id`;
  const good = sql`SELECT a.gateway_id, COUNT(*) AS calls, MAX(a.ended_at) AS last_at
    FROM ${attemptsOfGateways} WHERE ${counted(false)} GROUP BY a.gateway_id`;
  const inRow = sql`a.ended_at > COALESCE(good.last_at, ${lately})`;
  const failed = sql`SELECT a.gateway_id, COUNT(*) AS calls, SUM(${inRow}) AS in_row,
      SUM(${inRow} AND a.outcome = 'ambiguous') AS unheard,
      SUBSTR(MAX(CONCAT(a.ended_at, COALESCE(a.code, ''))), 24) AS last_code
    FROM ${attemptsOfGateways} LEFT JOIN (${good}) good ON good.gateway_id = a.gateway_id
    WHERE ${counted(true)} GROUP BY a.gateway_id`;
  const trials = sql`SELECT s.gateway_id, COUNT(*) AS good
    FROM gateways s STRAIGHT_JOIN attempts a FORCE INDEX (attempts_ended) ON a.gateway_id = s.gateway_id
    WHERE s.health <> 'well' AND ${counted(false)} AND a.started_at >= s.trial_at GROUP BY s.gateway_id`;
  const { rows } = await db.execute(sql`
    SELECT g.gateway_id AS gatewayId, g.health, ${nextChange} AS changeId, good.calls AS good,
           failed.calls AS failed, failed.in_row AS failedInRow, failed.unheard AS unheardInRow,
           failed.last_code AS lastCode, trials.good AS goodSinceTrial
      FROM gateways g
      LEFT JOIN (${good}) good ON good.gateway_id = g.gateway_id
      LEFT JOIN (${failed}) failed ON failed.gateway_id = g.gateway_id
      LEFT JOIN (${trials}) trials ON trials.gateway_id = g.gateway_id
     ORDER BY g.gateway_id`);
  return (rows as TallyRow[]).map(toTally);
}

/** Names the change that comes after the present health of `gateways g`, the same for whoever asks. */
const nextChange = sql`CONCAT('chg_', LEFT(SHA2(CONCAT_WS('/', g.gateway_id, g.health, g.health_since), 256), 32))`;

type TallyRow = { gatewayId: string; health: string; changeId: string; lastCode: string | null } & Record<
  "good" | "failed" | "failedInRow" | "unheardInRow" | "goodSinceTrial",
  string | number | null
>;

function toTally({ gatewayId, health, changeId, lastCode, ...counts }: TallyRow): GatewayTally {
  return {
    gatewayId,
    health: readHealth(health),
    changeId,
    lastCode,
    good: Number(counts.good),
    failed: Number(counts.failed),
    failedInRow: Number(counts.failedInRow),
    unheardInRow: Number(counts.unheardInRow),
    goodSinceTrial: Number(counts.goodSinceTrial),
  };
}

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
