import { describe, expect, test, vi } from "vitest";
import type { GatewayTally } from "../../../src/domain/gateway-health.ts";
import { Outage } from "../../../src/domain/outage.ts";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";
import { deliverBatch } from "../../../src/usecases/deliver-batch.ts";
import { reviewGateways } from "../../../src/usecases/review-gateways.ts";
import { aCandidate, aDueDelivery } from "../domain/builders.ts";
import { ACCEPTED } from "./call-kit.ts";
import { deliveringWith, stepsOf } from "./fake-sending.ts";

const aTally = (gatewayId: string, failed: number): GatewayTally => ({
  gatewayId,
  health: "well",
  changeId: `chg_${gatewayId}`,
  good: 0,
  failed,
  failedInRow: failed,
  unheardInRow: 0,
  lastCode: "timeout",
  goodSinceTrial: 0,
});

const REFUSED: SendOutcome = { kind: "refused", code: "20500", reason: "in words" };

describe("a review", () => {
  test("changes the gateways that need it, with the reason, and leaves the others", async () => {
    const world = deliveringWith([]);
    world.tallies.push(aTally("gw_a", 6), aTally("gw_b", 1));
    expect(await reviewGateways(world)).toBe(1);
    expect(world.changes).toMatchObject([{ gatewayId: "gw_a", changeId: "chg_gw_a", health: "closed" }]);
    expect(world.log.lines).toMatchObject([{ event: "gateway_health", fields: { gateway_id: "gw_a" } }]);
  });

  test("does not count or log a change that somebody else has made", async () => {
    const world = deliveringWith([]);
    world.tallies.push(aTally("gw_a", 6));
    vi.spyOn(world.health, "change").mockResolvedValue(false);
    expect(await reviewGateways(world)).toBe(0);
    expect(world.log.lines).toEqual([]);
  });
});

describe("a batch", () => {
  const deliver = async (answers: SendOutcome[], candidate = aCandidate()) => {
    const deliveries = answers.map(() => aDueDelivery({ candidates: [candidate] }));
    const world = deliveringWith(deliveries);
    const left = [...answers];
    world.provider.answer = () => left.shift() ?? ACCEPTED;
    await deliverBatch(world, deliveries);
    return world;
  };

  test("reviews at once, after its record, when a gateway failed all of its calls", async () => {
    expect((await deliver([REFUSED])).steps.slice(-2)).toEqual(["record", "tally"]);
  });

  test("reviews at once after a trial, good or bad", async () => {
    const resting = aCandidate({ health: "closed", trialInMs: 0 });
    expect((await deliver([ACCEPTED], resting)).steps.slice(-2)).toEqual(["record", "tally"]);
    expect((await deliver([REFUSED], resting)).steps.slice(-2)).toEqual(["record", "tally"]);
  });

  test("takes no trial of a gateway that nothing would go through", async () => {
    const delivery = aDueDelivery({ candidates: [aCandidate(), aCandidate({ health: "closed", trialInMs: -1_000 })] });
    const world = deliveringWith([delivery]);
    await deliverBatch(world, [delivery]);
    expect(world.steps).toEqual(["claim", "load", "intent", "call", "record"]);
  });

  test("spends no statement on a review while something gets through, or nothing was called", async () => {
    expect((await deliver([ACCEPTED, REFUSED])).steps).not.toContain("tally");
    expect((await deliver([])).steps).not.toContain("tally");
  });

  test("stands although the review fails, which the next sweep makes up for", async () => {
    const delivery = aDueDelivery();
    const world = deliveringWith([delivery]);
    world.provider.answer = () => REFUSED;
    vi.spyOn(world.health, "tally").mockRejectedValue(new Outage("no answer"));
    await deliverBatch(world, [delivery]);
    expect(stepsOf(world)[delivery.deliveryId]?.state).toBe("retrying");
    expect(world.log.lines).toMatchObject([{ event: "review_failed" }]);
  });

  test("gives back what a failing gateway was to carry, due again after the review", async () => {
    const world = await deliver(Array.from({ length: 8 }, () => REFUSED));
    expect(world.sent).toHaveLength(5);
    const givenBack = Object.values(stepsOf(world)).filter((step) => step.state === "given_back");
    expect(givenBack).toEqual([1, 2, 3].map(() => ({ state: "given_back", delayMs: 1_000 })));
  });
});
