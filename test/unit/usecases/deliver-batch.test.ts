import { describe, expect, test } from "vitest";
import type { DueDelivery } from "../../../src/domain/due-delivery.ts";
import { deliverBatch } from "../../../src/usecases/deliver-batch.ts";
import { aCandidate, aDueDelivery, newId } from "../domain/builders.ts";
import { deliveringWith, stepsOf } from "./fake-sending.ts";
import { hastyClock } from "./fakes.ts";

async function deliver(loaded: DueDelivery[]) {
  const world = deliveringWith(loaded);
  const report = await deliverBatch(world, loaded);
  return { ...world, report };
}

const sentIds = (world: ReturnType<typeof deliveringWith>) => world.sent.map((message) => message.variables["1"] ?? "");

describe("a batch", () => {
  test("is claimed, loaded, intended, called and recorded, in this order, under one lease", async () => {
    const world = await deliver([aDueDelivery()]);
    expect(world.steps).toEqual(["claim", "load", "intent", "call", "record"]);
    expect(world.tokens).toEqual(new Set(["lse_1"]));
  });

  test("takes the same statements for fifty deliveries, and one call for each", async () => {
    const loaded = Array.from({ length: 50 }, () => aDueDelivery());
    const world = await deliver(loaded);
    expect(world.steps.filter((step) => step !== "call")).toEqual(["claim", "load", "intent", "record"]);
    expect(sentIds(world).toSorted()).toEqual(loaded.map((one) => one.shipmentId).toSorted());
    expect(world.report).toEqual({ named: 50, results: 50, called: 50, lost: 0, sent: 50 });
  });

  test("hands the adapter of the chosen gateway what it needs, under the attempt's id", async () => {
    const gateway = aCandidate({
      adapter: "sendgrid_email",
      account: "backup",
      gatewayName: "SendGrid",
      sender: "shop@shop.test",
    });
    const delivery = aDueDelivery({ candidates: [gateway], shipmentId: "S<1>" });
    const { sent, recorded } = await deliver([delivery]);
    expect(sent).toEqual([
      {
        adapter: "sendgrid_email",
        account: "backup",
        enterpriseId: delivery.enterpriseId,
        attemptId: "att_2",
        to: "ops@shop.test",
        sender: "shop@shop.test",
        subject: "Order Status Update",
        text: "Shipment ID S<1> is delivered. Updated on 2026-06-15 12:00:00",
        html: "<p>Shipment ID S&lt;1&gt; is delivered. Updated on 2026-06-15 12:00:00</p>",
        contentSid: null,
        variables: { 1: "S<1>", 2: "delivered", 3: "2026-06-15 12:00:00" },
      },
    ]);
    expect(recorded).toEqual([
      {
        delivery,
        attempt: {
          attemptId: "att_2",
          gatewayId: gateway.gatewayId,
          gateway: "SendGrid",
          outcome: { kind: "accepted", providerId: "SM1" },
        },
        step: { state: "sent" },
      },
    ]);
  });

  test("that finds nothing due does no more than look", async () => {
    const world = await deliver([]);
    expect(world.steps).toEqual(["claim", "load"]);
    expect(world.bells.rung).toEqual([]);
  });

  test("leaves alone what is not ours", async () => {
    const world = await deliver([aDueDelivery({ mine: false })]);
    expect(world.steps).toEqual(["claim", "load"]);
  });

  test("records a skip without intent or call", async () => {
    const delivery = aDueDelivery({ candidates: [] });
    const world = await deliver([delivery]);
    expect(world.steps).toEqual(["claim", "load", "record"]);
    expect(world.recorded).toEqual([{ delivery, attempt: null, step: { state: "skipped", code: "unsubscribed" } }]);
  });

  test("logs the reasons of skips that were made when the update was accepted", async () => {
    const delivery = aDueDelivery({ mine: false, code: "no_address", unlogged: true });
    const world = await deliver([delivery]);
    expect(world.recorded).toEqual([{ delivery, attempt: null, step: { state: "skip_logged", code: "no_address" } }]);
    expect(world.sent).toEqual([]);
    expect(world.bells.rung).toEqual([]);
  });

  test("neither calls nor records deliveries whose lease was lost before the intent", async () => {
    const [ours, theirs] = [aDueDelivery(), aDueDelivery()];
    const world = deliveringWith([ours, theirs]);
    world.lost.add(theirs.deliveryId);
    expect(await deliverBatch(world, [ours, theirs])).toEqual({
      named: 2,
      results: 2,
      called: 1,
      lost: 1,
      sent: 1,
    });
    expect(sentIds(world)).toEqual([ours.shipmentId]);
    expect(Object.keys(stepsOf(world))).toEqual([ours.deliveryId]);
  });

  test("gives back unsent what could not start within the lease, counted from the claim", async () => {
    const delivery = aDueDelivery();
    const world = { ...deliveringWith([delivery]), clock: hastyClock() };
    const { claim } = world.sending;
    world.sending.claim = async (named, token) => {
      await world.clock.timer(50_000).elapsed;
      return claim(named, token);
    };
    await deliverBatch(world, [delivery]);
    expect(world.sent).toEqual([]);
    expect(world.recorded).toMatchObject([
      { attempt: { outcome: { kind: "not_started" } }, step: { state: "given_back", delayMs: 0 } },
    ]);
    expect(world.bells.rung).toMatchObject([{ again: true, deliveryIds: [delivery.deliveryId], delayMs: 0 }]);
  });
});

describe("siblings that were claimed together", () => {
  const family = { enterpriseId: newId("ent"), shipmentId: newId("ship"), channelId: newId("ch") };
  const older = aDueDelivery({ ...family, occurredAt: 1_000, newerPending: true });
  const newer = aDueDelivery({ ...family, occurredAt: 2_000 });
  const newest = aDueDelivery({ ...family, occurredAt: 3_000 });

  test("go one at a time, the oldest first; the others come again after 2 s", async () => {
    const world = await deliver([newest, older, newer]);
    expect(stepsOf(world)).toEqual({
      [older.deliveryId]: { state: "sent" },
      [newer.deliveryId]: { state: "given_back", delayMs: 2_000 },
      [newest.deliveryId]: { state: "given_back", delayMs: 2_000 },
    });
    expect(world.sent).toHaveLength(1);
    expect(world.bells.rung).toEqual([
      {
        lane: "sms",
        again: true,
        enterpriseId: family.enterpriseId,
        deliveryIds: [newer.deliveryId, newest.deliveryId],
        delayMs: 2_000,
      },
    ]);
  });

  test("of the same instant go in the order of their ids", async () => {
    const [a, b] = ["dlv-a", "dlv-b"].map((deliveryId) => aDueDelivery({ ...family, deliveryId, occurredAt: 1_000 }));
    const world = await deliver([b, a].flatMap((one) => one ?? []));
    expect(stepsOf(world)).toMatchObject({ "dlv-a": { state: "sent" }, "dlv-b": { state: "given_back" } });
  });

  test("do not wait for one that is skipped", async () => {
    const world = await deliver([{ ...older, newerSent: true }, newer]);
    expect(stepsOf(world)).toEqual({
      [older.deliveryId]: { state: "skipped", code: "superseded" },
      [newer.deliveryId]: { state: "sent" },
    });
  });

  test.each(["enterpriseId", "shipmentId", "channelId"] as const)("are none with another %s", async (field) => {
    const stranger = aDueDelivery({ ...family, [field]: newId("other"), occurredAt: 2_000 });
    const world = await deliver([older, stranger]);
    expect(stepsOf(world)).toEqual({
      [older.deliveryId]: { state: "sent" },
      [stranger.deliveryId]: { state: "sent" },
    });
  });
});
