import { sql, type SQL } from "drizzle-orm";
import { readHealth, type GatewayTally } from "../domain/gateway-health.ts";
import type { Db } from "./client.ts";
import { nextChange } from "./gateway-health.ts";
import { afterMs } from "./time.ts";

/**
 * What the calls of each gateway came to lately, in two statements that cost what failed, however much went well. Of
 * gateways where something failed, or that are not well, a third one counts good calls, as far as they decide.
 */
export async function tallyGateways(db: Db, windowMs: number): Promise<GatewayTally[]> {
  const gateways = await readGateways(db, windowMs);
  const failures = await readFailures(db, gateways);
  const judged = gateways.map((gateway) => ({ ...gateway, ...(failures.get(gateway.gatewayId) ?? NO_FAILURES) }));
  const good = await countGood(
    db,
    judged.filter(({ health, failed }) => health !== "well" || failed > 0),
  );
  return judged.map(({ since: _, trialAt: __, hasGood, ...tally }) => ({
    ...tally,
    good: good.get(tally.gatewayId)?.good ?? Number(hasGood),
    goodSinceTrial: good.get(tally.gatewayId)?.goodSinceTrial ?? 0,
  }));
}

/** `since`: calls that ended after it count. `trialAt`: of one that is not well, when its trial was taken. */
export type TalliedGateway = Pick<GatewayTally, "gatewayId" | "health" | "changeId"> & {
  since: string;
  trialAt: string | null;
};

/** Their times are read first, so that what follows has constants for the index, and every server a short range. */
async function readGateways(db: Db, windowMs: number): Promise<TalliedGateway[]> {
  const lately = afterMs(-windowMs);
  const { rows } = await db.execute(sql`
    SELECT g.gateway_id AS gatewayId, g.health, ${nextChange} AS changeId,
           GREATEST(${lately}, IF(g.health = 'well', COALESCE(g.health_since, ${lately}), ${lately})) AS since,
           IF(g.health = 'well', NULL, g.trial_at) AS trialAt
      FROM gateways g ORDER BY g.gateway_id`);
  return (rows as (Omit<TalliedGateway, "health"> & { health: string })[]).map((row) => ({
    ...row,
    health: readHealth(row.health),
  }));
}

/** The calls of a gateway that ended since, those that failed or those that did not. */
function callsOf({ gatewayId, since }: TalliedGateway, failed: boolean): SQL {
  return sql`attempts a FORCE INDEX (attempts_health)
    WHERE a.gateway_id = ${gatewayId} AND a.gateway_failed = ${sql.raw(String(failed))} AND a.ended_at > ${since}`;
}

type Failures = Pick<GatewayTally, "failed" | "failedInRow" | "unheardInRow" | "lastCode"> & { hasGood: boolean };

const NO_FAILURES: Failures = { failed: 0, failedInRow: 0, unheardInRow: 0, lastCode: null, hasGood: false };

/** How many calls of each gateway failed, and how many of them after its last good one. */
export async function readFailures(db: Db, gateways: TalliedGateway[]): Promise<Map<string, Failures>> {
  const failures = gateways.map((gateway) => {
    const lastGood = sql`(SELECT MAX(a.ended_at) FROM ${callsOf(gateway, false)})`;
    const inRow = sql`f.ended_at > COALESCE(${lastGood}, ${gateway.since})`;
    return sql`(
      SELECT ${gateway.gatewayId} AS gatewayId, COUNT(*) AS failed, SUM(${inRow}) AS failedInRow,
             SUM(${inRow} AND f.outcome = 'ambiguous') AS unheardInRow,
             SUBSTR(MAX(CONCAT(f.ended_at, COALESCE(f.code, ''))), 24) AS lastCode, ${lastGood} AS lastGood
        FROM attempts f FORCE INDEX (attempts_health)
       WHERE f.gateway_id = ${gateway.gatewayId} AND f.gateway_failed = TRUE AND f.ended_at > ${gateway.since})`;
  });
  return new Map(
    (await askEach<FailuresRow>(db, failures)).map((row) => [
      row.gatewayId,
      {
        failed: Number(row.failed),
        failedInRow: Number(row.failedInRow),
        unheardInRow: Number(row.unheardInRow),
        lastCode: row.lastCode,
        hasGood: row.lastGood !== null,
      },
    ]),
  );
}

type FailuresRow = { gatewayId: string; lastCode: string | null; lastGood: string | null } & Record<
  "failed" | "failedInRow" | "unheardInRow",
  string | number | null
>;

/** Good calls of each, up to one more than failed, and whether one of them was started since the trial. */
export async function countGood(
  db: Db,
  gateways: (TalliedGateway & { failed: number })[],
): Promise<Map<string, { good: number; goodSinceTrial: number }>> {
  const count = (gateway: TalliedGateway, what: string, condition: SQL, most: number) => sql`(
    SELECT ${gateway.gatewayId} AS gatewayId, ${what} AS what, COUNT(*) AS calls
      FROM (SELECT a.attempt_id FROM ${callsOf(gateway, false)} AND ${condition} LIMIT ${most}) bounded)`;
  const counts = gateways.flatMap((gateway) => [
    count(gateway, "good", sql`TRUE`, gateway.failed + 1),
    ...(gateway.trialAt === null
      ? []
      : [count(gateway, "trial", sql`a.ended_at >= ${gateway.trialAt} AND a.started_at >= ${gateway.trialAt}`, 1)]),
  ]);
  const rows = await askEach<{ gatewayId: string; what: string; calls: string | number }>(db, counts);
  const callsOfKind = (gatewayId: string, what: string) =>
    Number(rows.find((row) => row.gatewayId === gatewayId && row.what === what)?.calls ?? 0);
  return new Map(
    gateways.map(({ gatewayId }) => [
      gatewayId,
      { good: callsOfKind(gatewayId, "good"), goodSinceTrial: callsOfKind(gatewayId, "trial") },
    ]),
  );
}

/** One statement for many questions, and none for none. */
async function askEach<T>(db: Db, questions: SQL[]): Promise<T[]> {
  if (questions.length === 0) return [];
  const { rows } = await db.execute(sql.join(questions, sql` UNION ALL `));
  return rows as T[];
}
