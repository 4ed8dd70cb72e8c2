import { readHealth, type GatewayTally, type HealthChange } from "../../../src/domain/gateway-health.ts";
import type { AttemptRow, GatewayRow, MemoryDatabase } from "./tables.ts";

/** Plays src/db/gateway-tally.ts. */
export function tallyGateways(database: MemoryDatabase, windowMs: number): GatewayTally[] {
  const lately = database.now() - windowMs;
  const ended = [...database.attempts.values()].filter(({ endedAt }) => endedAt !== null && endedAt > lately);
  return [...database.gateways.values()]
    .toSorted((a, b) => (a.gatewayId < b.gatewayId ? -1 : 1))
    .map((gateway) => tallyOf(gateway, ended, lately));
}

function tallyOf(gateway: GatewayRow, ended: AttemptRow[], lately: number): GatewayTally {
  const { gatewayId, health, healthSince, trialAt } = gateway;
  const counted = ended.filter(
    (attempt) =>
      attempt.gatewayId === gatewayId &&
      (health !== "well" || healthSince === null || (attempt.endedAt ?? 0) > healthSince),
  );
  const good = counted.filter((attempt) => attempt.gatewayFailed === false);
  const failed = counted.filter((attempt) => attempt.gatewayFailed === true);
  const lastGood = good.length === 0 ? lately : Math.max(...good.map((attempt) => attempt.endedAt ?? 0));
  const inRow = failed.filter((attempt) => (attempt.endedAt ?? 0) > lastGood);
  const last = failed.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || compare(a.code, b.code)).at(-1);
  return {
    gatewayId,
    health: readHealth(health),
    changeId: changeIdOf(gateway),
    lastCode: last ? (last.code ?? "") : null,
    good: Math.min(good.length, failed.length + 1),
    failed: failed.length,
    failedInRow: inRow.length,
    unheardInRow: inRow.filter((attempt) => attempt.outcome === "ambiguous").length,
    goodSinceTrial: Number(
      health !== "well" && trialAt !== null && good.some((attempt) => attempt.startedAt >= trialAt),
    ),
  };
}

function compare(a: string | null, b: string | null): number {
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

/** Names the change that comes after the present health, the same for whoever asks. */
function changeIdOf({ gatewayId, health, healthSince }: GatewayRow): string {
  return `chg_${gatewayId}/${health}/${healthSince}`;
}

/** Plays src/db/gateway-health.ts. The first statement of a change: its reason, of which one row stays. */
export function insertChange(database: MemoryDatabase, change: HealthChange): void {
  const gateway = database.gateways.get(change.gatewayId);
  if (!gateway || changeIdOf(gateway) !== change.changeId || database.gatewayChanges.has(change.changeId)) return;
  database.gatewayChanges.set(change.changeId, { ...change, changedAt: database.now() });
}

/** The second: the health is what that row says. */
export function applyChange(database: MemoryDatabase, { changeId, gatewayId }: HealthChange, restMs: number): boolean {
  const now = database.now();
  const gateway = database.gateways.get(gatewayId);
  const change = database.gatewayChanges.get(changeId);
  if (!gateway || !change || changeIdOf(gateway) !== changeId) return false;
  const healthUntil = change.health === "well" ? null : now + restMs;
  Object.assign(gateway, { health: change.health, healthSince: now, trialAt: null, healthUntil });
  return true;
}

/** Of all batches that ask for a trial, one gets it. */
export function takeTrial(database: MemoryDatabase, gatewayId: string, restMs: number): boolean {
  const now = database.now();
  const gateway = database.gateways.get(gatewayId);
  if (!gateway || gateway.health === "well" || gateway.healthUntil === null || gateway.healthUntil > now) return false;
  Object.assign(gateway, { trialAt: now, healthUntil: now + restMs });
  return true;
}
