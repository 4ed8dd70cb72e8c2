import { describe, expect, test, vi } from "vitest";
import { Outage } from "../../../src/domain/outage.ts";
import { hearBells, hearDeadLetters } from "../../../src/queue/consumer.ts";
import { aDueDelivery, newId } from "../domain/builders.ts";
import { deliveringWith } from "../usecases/fake-sending.ts";
import { onlyThese } from "../usecases/fakes.ts";

function aBatch(bodies: unknown[]) {
  const ackAll = vi.fn();
  const retryAll = vi.fn();
  const messages = bodies.map((body, index) => ({
    id: `message-${index}`,
    timestamp: new Date(0),
    attempts: 1,
    body,
    ack: vi.fn(),
    retry: vi.fn(),
  }));
  const metadata = { metrics: { backlogCount: 0, backlogBytes: 0 } };
  return { queue: "notify-sms", messages, metadata, ackAll, retryAll } satisfies MessageBatch;
}

function aBell(deliveryIds: string[], enterpriseId = newId("ent")) {
  return { v: 1, enterprise_id: enterpriseId, delivery_ids: deliveryIds };
}

/** Hears bells. `named`: what each batch of deliveries was said to be, group by group. */
async function hear(bodies: unknown[], world = deliveringWith([])) {
  const claim = vi.spyOn(world.sending, "claim");
  const batch = aBatch(bodies);
  await hearBells(onlyThese(world), batch);
  return { ...world, batch, named: claim.mock.calls.map(([names]) => names.map((name) => name.deliveryId)) };
}

describe("hearing bells", () => {
  test("delivers what they name, with their enterprises, and acknowledges them", async () => {
    const deliveries = [aDueDelivery(), aDueDelivery(), aDueDelivery()];
    const world = deliveringWith(deliveries);
    const claim = vi.spyOn(world.sending, "claim");
    const batch = aBatch(deliveries.map((one) => aBell([one.deliveryId], one.enterpriseId)));
    await hearBells(onlyThese(world), batch);
    expect(claim.mock.calls[0]?.[0]).toEqual(
      deliveries.map(({ enterpriseId, deliveryId }) => ({ enterpriseId, deliveryId })),
    );
    expect(world.sent).toHaveLength(3);
    expect(batch.ackAll).toHaveBeenCalledOnce();
    expect(batch.retryAll).not.toHaveBeenCalled();
  });

  test("acknowledges bells that find nothing due", async () => {
    const { batch } = await hear([aBell(["dlv_1"])]);
    expect(batch.ackAll).toHaveBeenCalledOnce();
  });

  test("delivers a batch together, and one that is too large in groups, each delivery once", async () => {
    const bells = Array.from({ length: 12 }, () => aBell(Array.from({ length: 100 }, () => newId("dlv"))));
    const { named } = await hear(bells);
    expect(Math.max(...named.map((group) => group.length))).toBeLessThanOrEqual(500);
    expect(named.flat()).toEqual(bells.flatMap((bell) => bell.delivery_ids));
    expect((await hear(bells.slice(0, 1))).named).toHaveLength(1);
  });

  test("says in the log what came of it, in ids and counts", async () => {
    const { log } = await hear([aBell(["dlv_1", "dlv_2"]), aBell(["dlv_3"])]);
    expect(log.lines).toEqual([
      {
        event: "batch",
        fields: {
          queue: "notify-sms",
          bells: 2,
          outcome: "acknowledged",
          named: 3,
          results: 0,
          called: 0,
          lost: 0,
          duration_ms: expect.any(Number),
          statements: 6,
        },
      },
    ]);
  });

  test("says it once of a batch that is heard in groups, with the sums of all", async () => {
    const deliveries = [aDueDelivery()];
    const bells = Array.from({ length: 3 }, () => aBell(Array.from({ length: 100 }, () => newId("dlv"))));
    const { log } = await hear(bells, deliveringWith(deliveries));
    expect(log.lines).toMatchObject([{ event: "batch", fields: { named: 300, results: 3, called: 3, sent: 3 } }]);
  });

  test("logs a bell that cannot be read, acknowledges it and hears the others", async () => {
    const { log, named, batch } = await hear([{ v: 9 }, aBell(["dlv_1"])]);
    expect(log.lines[0]).toMatchObject({ event: "bell_unreadable", fields: { message_id: "message-0" } });
    expect(named).toEqual([["dlv_1"]]);
    expect(batch.ackAll).toHaveBeenCalledOnce();
  });

  test("asks the database nothing when no bell can be read", async () => {
    const { steps, batch } = await hear([null]);
    expect(steps).toEqual([]);
    expect(batch.ackAll).toHaveBeenCalledOnce();
  });

  test("lets the whole batch come again after a while when the database fails", async () => {
    const world = deliveringWith([]);
    const error = new Outage("no answer");
    vi.spyOn(world.sending, "load").mockRejectedValue(error);
    const { batch, log } = await hear([aBell(["dlv_1"])], world);
    expect(batch.retryAll).toHaveBeenCalledExactlyOnceWith({ delaySeconds: 10 });
    expect(batch.ackAll).not.toHaveBeenCalled();
    expect(log.lines).toMatchObject([
      { event: "batch_failed", error, fields: { queue: "notify-sms", bells: 1 } },
      { event: "batch", fields: { queue: "notify-sms", bells: 1, outcome: "comes_again", statements: 6 } },
    ]);
  });
});

describe("dead letters", () => {
  test("are logged with what they named, and acknowledged, for the rows still stand", () => {
    const world = deliveringWith([]);
    const batch = aBatch([aBell(["dlv_1", "dlv_2"], "E-1"), "scrap", aBell(["dlv_3"], "+34600111222")]);
    hearDeadLetters(world, batch);
    expect(world.log.lines.map(({ event, fields }) => ({ event, fields }))).toEqual([
      { event: "bell_dead", fields: { message_id: "message-0", enterprise_id: "E-1", deliveries: "dlv_1 dlv_2" } },
      { event: "bell_dead", fields: { message_id: "message-1", enterprise_id: null, deliveries: null } },
      { event: "bell_dead", fields: { message_id: "message-2", enterprise_id: null, deliveries: "dlv_3" } },
      {
        event: "batch",
        fields: {
          queue: "notify-sms",
          bells: 3,
          outcome: "acknowledged",
          duration_ms: expect.any(Number),
          statements: 6,
        },
      },
    ]);
    expect(batch.ackAll).toHaveBeenCalledOnce();
    expect(batch.retryAll).not.toHaveBeenCalled();
  });
});
