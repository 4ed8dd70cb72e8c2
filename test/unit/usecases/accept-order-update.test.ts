import { describe, expect, test, vi } from "vitest";
import { AppError } from "../../../src/domain/app-error.ts";
import { Outage } from "../../../src/domain/outage.ts";
import { acceptOrderUpdate } from "../../../src/usecases/accept-order-update.ts";
import { aChannel, anEnterprise, anUpdate } from "../domain/builders.ts";
import { acceptingWith } from "./fakes.ts";

describe("accepting an order update", () => {
  test("answers with the deliveries to come and the skips with their reasons", async () => {
    const disabled = aChannel({ channelName: "Email", kind: "email", gateways: [] });
    const world = acceptingWith(anEnterprise({ channels: [aChannel(), disabled] }));
    const accepted = await acceptOrderUpdate(world, anUpdate(), null);
    expect(accepted).toEqual({
      updateId: world.updates.rows[0]?.updateId,
      replayed: false,
      deliveries: [
        { deliveryId: world.updates.rows[0]?.deliveryId, channel: "SMS", gateway: "Twilio", state: "queued" },
      ],
      skipped: [{ channel: "Email", code: "channel_disabled", reason: "No gateway of this channel is enabled." }],
    });
  });

  test("commits one row for each channel, skips included, under its own ids", async () => {
    const world = acceptingWith(anEnterprise({ channels: [aChannel(), aChannel(), aChannel({ gateways: [] })] }));
    await acceptOrderUpdate(world, anUpdate(), "key");
    expect(world.updates.rows.map((row) => row.state)).toEqual(["queued", "queued", "skipped"]);
    expect(new Set(world.updates.rows.map((row) => row.deliveryId)).size).toBe(3);
    expect(new Set(world.updates.rows.map((row) => row.updateId)).size).toBe(1);
  });

  test("neither answers nor rings before the commit", async () => {
    const world = acceptingWith(anEnterprise());
    const committed = Promise.withResolvers<"inserted">();
    const insert = vi.spyOn(world.updates, "insert").mockReturnValue(committed.promise);
    const answered = vi.fn();
    const accepting = acceptOrderUpdate(world, anUpdate(), null).then(answered);
    await vi.waitUntil(() => insert.mock.calls.length > 0);
    await Promise.resolve();
    expect(answered).not.toHaveBeenCalled();
    expect(world.deferred).toEqual([]);
    expect(world.bells.rung).toEqual([]);

    committed.resolve("inserted");
    await accepting;
    expect(answered).toHaveBeenCalledOnce();
    expect(world.deferred).toHaveLength(1);
  });

  test("rings for every row, also for skips, whose reasons are still to be logged", async () => {
    const enterprise = anEnterprise({ channels: [aChannel(), aChannel({ kind: "email", gateways: [] })] });
    const world = acceptingWith(enterprise);
    const update = anUpdate();
    await acceptOrderUpdate(world, update, null);
    await Promise.all(world.deferred);
    expect(world.bells.rung).toEqual(
      world.updates.rows.map((row, index) => ({
        lane: ["sms", "email"][index],
        again: false,
        enterpriseId: update.enterpriseId,
        deliveryIds: [row.deliveryId],
        delayMs: 0,
      })),
    );
  });

  test("does not wait for the bells", async () => {
    const world = acceptingWith(anEnterprise());
    world.bells.ring = () => new Promise(() => undefined);
    expect(await acceptOrderUpdate(world, anUpdate(), null)).toMatchObject({ replayed: false });
  });

  test("stands although a bell fails, which is logged", async () => {
    const world = acceptingWith(anEnterprise());
    world.bells.failure = new Error("Too Many Requests");
    expect(await acceptOrderUpdate(world, anUpdate(), null)).toMatchObject({ replayed: false });
    await Promise.all(world.deferred);
    expect(world.log.lines).toEqual([{ event: "bells_not_rung", error: world.bells.failure, fields: { bells: 1 } }]);
  });

  test("fails and rings nothing when the commit fails", async () => {
    const world = acceptingWith(anEnterprise());
    vi.spyOn(world.updates, "insert").mockRejectedValue(new Outage("no answer"));
    await expect(acceptOrderUpdate(world, anUpdate(), null)).rejects.toBeInstanceOf(Outage);
    expect(world.deferred).toEqual([]);
  });

  test("keeps the read of the directory going when the caller goes away", async () => {
    const world = acceptingWith(anEnterprise());
    const find = vi.spyOn(world.directory, "find");
    const update = anUpdate();
    await acceptOrderUpdate(world, update, null);
    expect(find).toHaveBeenCalledWith(update.enterpriseId, world.defer);
  });
});

describe("an update that cannot be sent at all", () => {
  test.each([
    { code: "not_subscribed", enterprise: anEnterprise({ isSubscribed: false }) },
    { code: "no_channels", enterprise: anEnterprise({ channels: [] }) },
  ])("is refused as $code, and its row keeps the reason", async ({ code, enterprise }) => {
    const world = acceptingWith(enterprise);
    const error: unknown = await acceptOrderUpdate(world, anUpdate(), null).catch((thrown: unknown) => thrown);
    const row = world.updates.rows[0];
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, extras: { members: { update_id: row?.updateId }, headers: {} } });
    expect(world.updates.rows).toEqual([expect.objectContaining({ state: "skipped", code, channelId: null })]);
    await Promise.all(world.deferred);
    expect(world.bells.rung.map((bell) => bell.deliveryIds)).toEqual([[row?.deliveryId]]);
  });

  test("is not stored for an enterprise that does not exist", async () => {
    const world = acceptingWith(null);
    await expect(acceptOrderUpdate(world, anUpdate(), null)).rejects.toMatchObject({ code: "enterprise_not_found" });
    expect(world.updates.rows).toEqual([]);
    expect(world.deferred).toEqual([]);
  });
});
