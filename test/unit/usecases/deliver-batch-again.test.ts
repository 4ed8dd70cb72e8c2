import { afterEach, describe, expect, test, vi } from "vitest";
import { Outage } from "../../../src/domain/outage.ts";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";
import { deliverBatch } from "../../../src/usecases/deliver-batch.ts";
import { aCandidate, aDueDelivery } from "../domain/builders.ts";
import { ACCEPTED } from "./call-kit.ts";
import { deliveringWith, stepsOf } from "./fake-sending.ts";
import { hastyClock } from "./fakes.ts";

const because = { code: "20429", reason: "in words" };
const REFUSED: SendOutcome = { kind: "refused", ...because };
const MISCONFIGURED: SendOutcome = { kind: "misconfigured", ...because };

afterEach(() => vi.useRealTimers());

/** Delivers one through the first of these gateways, which answers with `outcome`. */
async function deliverOne(outcome: SendOutcome, candidates = [aCandidate()]) {
  const delivery = aDueDelivery({ candidates });
  const world = deliveringWith([delivery]);
  world.provider.answer = () => outcome;
  await deliverBatch(world, [delivery]);
  return { ...world, delivery, step: stepsOf(world)[delivery.deliveryId] };
}

describe("a delivery that is to be tried again", () => {
  test("gets a bell that comes when it is due", async () => {
    const { step, bells, delivery } = await deliverOne({ ...REFUSED, retryAfterMs: 90_000 });
    expect(step).toEqual({ state: "retrying", delayMs: 92_500, lane: "sms" });
    expect(bells.rung).toEqual([
      {
        lane: "sms",
        again: true,
        enterpriseId: delivery.enterpriseId,
        deliveryIds: [delivery.deliveryId],
        delayMs: 92_500,
      },
    ]);
  });

  test("is rung for only after it was recorded", async () => {
    const delivery = aDueDelivery();
    const world = deliveringWith([delivery]);
    world.provider.answer = () => REFUSED;
    const ring = vi.spyOn(world.bells, "ring").mockImplementation(async () => {
      world.steps.push("ring");
    });
    await deliverBatch(world, [delivery]);
    expect(ring).toHaveBeenCalledOnce();
    expect(world.steps.slice(world.steps.indexOf("record"))).toEqual(["record", "ring", "tally"]);
  });

  test.each<[string, SendOutcome]>([
    ["accepted", ACCEPTED],
    ["ambiguous", { kind: "ambiguous", ...because }],
    ["misconfigured", MISCONFIGURED],
    ["rejected", { kind: "rejected", ...because, otherGateway: true }],
  ])("is none that is %s, with no other gateway", async (_, outcome) => {
    expect((await deliverOne(outcome)).bells.rung).toEqual([]);
  });

  test("is not forgotten when its bell fails, which only is logged", async () => {
    const delivery = aDueDelivery();
    const world = deliveringWith([delivery]);
    world.provider.answer = () => REFUSED;
    world.bells.failure = new Error("Too Many Requests");
    await deliverBatch(world, [delivery]);
    expect(stepsOf(world)).toMatchObject({ [delivery.deliveryId]: { state: "retrying" } });
    expect(world.log.lines).toMatchObject([{ event: "bells_not_rung" }]);
  });
});

describe("fail-over", () => {
  const backedOff = {
    state: "retrying",
    delayMs: expect.toSatisfy((delayMs: number) => delayMs >= 2_500),
    lane: "sms",
  };
  const atOnce = { state: "retrying", delayMs: 0, lane: "sms" };

  test.each([
    ["to one that was never asked", [{}, {}], atOnce],
    ["to one that was asked less often, now that this one was asked again", [{ tries: 1 }, { tries: 1 }], atOnce],
    ["not to one that was asked as often", [{}, { tries: 1 }], backedOff],
    ["not to a disabled one", [{}, { enabled: false }], backedOff],
    ["not to one that is unknown here", [{}, { adapter: null }], backedOff],
    ["not to a barred one", [{}, { barred: true }], backedOff],
    ["to a poor one", [{}, { health: "poor", trialInMs: 9_000 }], atOnce],
    ["not to a closed one", [{}, { health: "closed", trialInMs: 9_000 }], backedOff],
  ] as const)("goes at once %s", async (_, candidates, step) => {
    expect(
      (
        await deliverOne(
          REFUSED,
          candidates.map((changes) => aCandidate(changes)),
        )
      ).step,
    ).toEqual(step);
  });

  test("does not count a gateway that the enterprise has no address for: its refusals back off", async () => {
    const delivery = aDueDelivery({
      candidates: [aCandidate(), aCandidate({ adapter: "sendgrid_email" })],
      customer: { isSubscribed: true, phone: "+34600111222", email: null },
    });
    const world = deliveringWith([delivery]);
    world.provider.answer = () => REFUSED;
    await deliverBatch(world, [delivery]);
    expect(stepsOf(world)[delivery.deliveryId]).toEqual(backedOff);
  });

  test("ends as failed where the only other gateway has no address, so that the reason is kept", async () => {
    const delivery = aDueDelivery({
      candidates: [aCandidate(), aCandidate({ adapter: "sendgrid_email" })],
      customer: { isSubscribed: true, phone: "+34600111222", email: null },
    });
    const world = deliveringWith([delivery]);
    world.provider.answer = () => MISCONFIGURED;
    await deliverBatch(world, [delivery]);
    expect(stepsOf(world)[delivery.deliveryId]).toMatchObject({ state: "failed", code: "misconfigured" });
  });
});

test("deliveries that are due but blocked by a sibling are rung for again after 2 s", async () => {
  const [blocked, notDue, delivery] = [
    aDueDelivery({ mine: false, due: true }),
    aDueDelivery({ mine: false }),
    aDueDelivery(),
  ];
  const world = deliveringWith([blocked, notDue, delivery]);
  await deliverBatch(world, [blocked, notDue, delivery]);
  expect(world.bells.rung).toEqual([
    {
      lane: "sms",
      again: true,
      enterpriseId: blocked.enterpriseId,
      deliveryIds: [blocked.deliveryId],
      delayMs: 2_000,
    },
  ]);
});

describe("when the database fails", () => {
  test("results are recorded as soon as it answers again", async () => {
    vi.useFakeTimers();
    const delivery = aDueDelivery();
    const world = deliveringWith([delivery]);
    world.failures.push(new Outage("no answer"), new Outage("no answer"));
    const delivered = deliverBatch(world, [delivery]);
    await vi.advanceTimersByTimeAsync(2_500);
    await delivered;
    expect(world.sent).toHaveLength(1);
    expect(stepsOf(world)).toEqual({ [delivery.deliveryId]: { state: "sent" } });
  });

  test("results are kept while calls go on, those without a call as well", async () => {
    vi.useFakeTimers();
    const [skipped, slow] = [aDueDelivery({ candidates: [] }), aDueDelivery()];
    const world = deliveringWith([skipped, slow]);
    const answer = Promise.withResolvers<SendOutcome>();
    world.provider.answer = () => answer.promise;
    world.failures.push(new Error("refused"));
    const delivered = deliverBatch(world, [skipped, slow]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(world.log.lines).toMatchObject([{ event: "results_not_recorded_yet" }]);
    answer.resolve(ACCEPTED);
    await delivered;
    expect(stepsOf(world)).toEqual({
      [skipped.deliveryId]: { state: "skipped", code: "unsubscribed" },
      [slow.deliveryId]: { state: "sent" },
    });
  });

  test.each(["claim", "load", "commitIntents"] as const)(
    "at the %s, the batch fails and nothing is called",
    async (step) => {
      const delivery = aDueDelivery();
      const world = deliveringWith([delivery]);
      world.clock = hastyClock();
      vi.spyOn(world.sending, step).mockRejectedValue(new Outage("no answer"));
      vi.spyOn(world.sending, "findCommitted").mockRejectedValue(new Outage("no answer"));
      await expect(deliverBatch(world, [delivery])).rejects.toBeInstanceOf(Outage);
      expect(world.sent).toEqual([]);
      expect(world.bells.rung).toEqual([]);
    },
  );

  test("only about the answer to the intents, the rows tell which calls may be made", async () => {
    const [there, notThere] = [aDueDelivery(), aDueDelivery()];
    const world = deliveringWith([there, notThere]);
    world.lost.add(notThere.deliveryId);
    vi.spyOn(world.sending, "commitIntents").mockRejectedValue(new Outage("no answer"));
    await deliverBatch(world, [there, notThere]);
    expect(stepsOf(world)).toEqual({ [there.deliveryId]: { state: "sent" } });
  });

  test("at the last record, the batch fails and rings for nothing that is not recorded", async () => {
    const delivery = aDueDelivery();
    const world = deliveringWith([delivery]);
    world.provider.answer = () => REFUSED;
    world.failures.push(new Error("refused"));
    await expect(deliverBatch(world, [delivery])).rejects.toThrow("refused");
    expect(world.bells.rung).toEqual([]);
  });
});
