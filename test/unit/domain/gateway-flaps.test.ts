import { describe, expect, test } from "vitest";
import { afterCall, NO_CALLS } from "../../../src/domain/call-streak.ts";
import type { GatewayCandidate } from "../../../src/domain/due-delivery.ts";
import { reviewHealth, type GatewayHealth } from "../../../src/domain/gateway-health.ts";
import { decideSend } from "../../../src/domain/send-decision.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { aCandidate, aDueDelivery } from "./builders.ts";

const { healthWindow, healthRest, sweepEvery } = DEFAULT_TIMES;
const EVERY_MS = 100;
const MINUTES = 20;

type Played = GatewayCandidate & {
  since: number;
  until: number;
  trialAt: number;
  calls: { at: number; ok: boolean }[];
};
type Change = { at: number; gatewayId: string; health: GatewayHealth };

/** Twenty minutes of ten deliveries a second over two gateways; `works` says whether a call gets through. */
function play(works: (gatewayId: string, at: number) => boolean) {
  const gateways = ["first", "second"].map((gatewayId): Played => {
    return { ...aCandidate({ gatewayId }), since: 0, until: 0, trialAt: Number.POSITIVE_INFINITY, calls: [] };
  });
  const changes: Change[] = [];
  for (let at = 0; at < MINUTES * 60_000; at += EVERY_MS) {
    send(gateways, at, works);
    if (at % sweepEvery === 0) changes.push(...gateways.flatMap((gateway) => review(gateway, at)));
  }
  return { changes, calls: gateways.map((gateway) => gateway.calls) };
}

/** One delivery goes through the gateway that is its turn, and on to the other one where it was refused. */
function send(gateways: Played[], at: number, works: (gatewayId: string, at: number) => boolean): void {
  const due = gateways.filter(({ health, until }) => health !== "well" && until <= at);
  for (const gateway of due) Object.assign(gateway, { trialAt: at, until: at + healthRest });
  const trials = new Set(due.map(({ gatewayId }) => gatewayId));
  const tries = new Map<string, number>();
  for (let left = gateways.length; left > 0; left -= 1) {
    const candidates = gateways.map((gateway) => ({ ...gateway, tries: tries.get(gateway.gatewayId) ?? 0 }));
    const decision = decideSend(aDueDelivery({ candidates }), DEFAULT_TIMES, trials);
    const chosen = decision.kind === "send" ? decision.gateway.gatewayId : null;
    const gateway = gateways.find(({ gatewayId }) => gatewayId === chosen);
    if (!gateway || tries.has(gateway.gatewayId)) return;
    const ok = works(gateway.gatewayId, at);
    gateway.calls.push({ at, ok });
    if (ok) return;
    tries.set(gateway.gatewayId, 1);
  }
}

function review(gateway: Played, at: number): Change[] {
  const { gatewayId, health, since, trialAt } = gateway;
  const from = Math.max(at - healthWindow, health === "well" ? since : 0);
  const counted = gateway.calls.filter((call) => call.at > from);
  const streak = counted.reduce(
    (sum, { ok }) =>
      afterCall(sum, ok ? { kind: "accepted", providerId: "1" } : { kind: "refused", code: "", reason: "" }),
    NO_CALLS,
  );
  const goodSinceTrial = counted.filter((call) => call.ok && call.at >= trialAt).length;
  const change = reviewHealth(
    { gatewayId, health, ...streak, changeId: "", lastCode: "", goodSinceTrial },
    DEFAULT_TIMES,
  );
  if (change === null) return [];
  const trial = { trialAt: Number.POSITIVE_INFINITY, until: at + healthRest };
  Object.assign(gateway, { health: change.health, since: at, ...trial });
  return [{ at, gatewayId, health: change.health }];
}

/** The most changes of one gateway that fall into any one rest. */
function mostInARest(changes: Change[]): number {
  const within = ({ at, gatewayId }: Change) =>
    changes.filter((other) => other.gatewayId === gatewayId && other.at >= at && other.at < at + healthRest).length;
  return Math.max(0, ...changes.map(within));
}

describe("a gateway that works for five seconds and fails for five", () => {
  const { changes, calls } = play((gatewayId, at) => gatewayId === "second" || Math.floor(at / 5_000) % 2 === 0);

  test("goes down and up once per rest at most, and the other one carries nearly everything", () => {
    expect(mostInARest(changes)).toBeLessThanOrEqual(2);
    expect(changes.every((change) => change.gatewayId === "first")).toBe(true);
    const failed = calls[0]?.filter((call) => !call.ok).length ?? 0;
    expect(failed).toBeLessThan((MINUTES * 60_000) / EVERY_MS / 10);
  });
});

describe("two gateways of which each fails three calls of five", () => {
  const asked: Record<string, number> = {};
  const { changes, calls } = play((gatewayId) => {
    asked[gatewayId] = (asked[gatewayId] ?? 0) + 1;
    return (asked[gatewayId] * 7) % 5 < 2;
  });

  test("are called poor once each, and keep their order: the first one is still asked first, every time", () => {
    expect(changes.map(({ gatewayId, health }) => [gatewayId, health])).toEqual([
      ["first", "poor"],
      ["second", "poor"],
    ]);
    expect(calls[0]).toHaveLength((MINUTES * 60_000) / EVERY_MS);
  });
});

test("a gateway that works is never touched, and its fallback never asked", () => {
  const { changes, calls } = play(() => true);
  expect(changes).toEqual([]);
  expect(calls[1]).toEqual([]);
});
