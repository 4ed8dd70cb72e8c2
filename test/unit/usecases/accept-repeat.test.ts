import { describe, expect, test, vi } from "vitest";
import { acceptOrderUpdate } from "../../../src/usecases/accept-order-update.ts";
import { aChannel, anEnterprise, anUpdate } from "../domain/builders.ts";
import { acceptingWith } from "./fakes.ts";

/** An update that was accepted before, in a world that has come to rest since. */
async function acceptedBefore(idempotencyKey: string | null, enterprise = anEnterprise()) {
  const world = acceptingWith(enterprise);
  const update = anUpdate({ data: { parcel: 1 } });
  const original = await acceptOrderUpdate(world, update, idempotencyKey).catch((error: unknown) => error);
  await Promise.all(world.deferred.splice(0));
  world.bells.rung.splice(0);
  return { world, update, original };
}

describe("a repeat", () => {
  test.each([
    ["without a key", null, null],
    ["with its key", "key", "key"],
    ["that has lost its key", "key", null],
    ["under a key it did not have before", null, "key"],
    ["under another key", "key", "other"],
  ])("%s is answered with the original", async (_, key, repeatedKey) => {
    const { world, update, original } = await acceptedBefore(key);
    expect(await acceptOrderUpdate(world, update, repeatedKey)).toEqual({ ...Object(original), replayed: true });
  });

  test("adds nothing and rings nothing", async () => {
    const { world, update } = await acceptedBefore(null);
    const before = [...world.updates.rows];
    await acceptOrderUpdate(world, update, null);
    expect(world.updates.rows).toEqual(before);
    expect(world.deferred).toEqual([]);
    expect(world.bells.rung).toEqual([]);
  });

  test.each([
    ["gone", null],
    ["unsubscribed", anEnterprise({ isSubscribed: false })],
    ["without channels", anEnterprise({ channels: [] })],
    ["on more channels", anEnterprise({ channels: [aChannel(), aChannel(), aChannel()] })],
  ])("is answered with the original although the enterprise is %s by now", async (_, enterprise) => {
    const { world, update, original } = await acceptedBefore(null);
    const before = [...world.updates.rows];
    world.directory.enterprise = enterprise;
    expect(await acceptOrderUpdate(world, update, null)).toEqual({ ...Object(original), replayed: true });
    expect(world.updates.rows).toEqual(before);
  });

  test("shows what has become of the deliveries, and what was skipped from the start apart from them", async () => {
    const channels = [aChannel(), aChannel({ channelName: "Email", gateways: [] })];
    const { world, update } = await acceptedBefore(null, anEnterprise({ channels }));
    Object.assign(world.updates.rows[0] ?? {}, { state: "skipped", code: "superseded" });
    expect(await acceptOrderUpdate(world, update, null)).toMatchObject({
      deliveries: [{ channel: "SMS", state: "skipped" }],
      skipped: [{ channel: "Email", code: "channel_disabled", reason: "No gateway of this channel is enabled." }],
    });
  });

  test.each([
    { code: "not_subscribed", enterprise: anEnterprise({ isSubscribed: false }) },
    { code: "no_channels", enterprise: anEnterprise({ channels: [] }) },
  ])("of a refusal is refused again as $code, marked as a replay, though it could be sent now", async (given) => {
    const { world, update } = await acceptedBefore(null, given.enterprise);
    world.directory.enterprise = anEnterprise();
    await expect(acceptOrderUpdate(world, update, null)).rejects.toMatchObject({
      code: given.code,
      extras: {
        members: { update_id: world.updates.rows[0]?.updateId },
        headers: { "Idempotency-Replayed": "true" },
      },
    });
    expect(world.updates.rows).toHaveLength(1);
    expect(world.deferred).toEqual([]);
  });

  test("by another enterprise is an update of its own", async () => {
    const { world, update } = await acceptedBefore("key");
    const other = anUpdate({ ...update, enterpriseId: `${update.enterpriseId}-2` });
    expect(await acceptOrderUpdate(world, other, "key")).toMatchObject({ replayed: false });
    expect(world.updates.rows).toHaveLength(2);
  });
});

describe("a key that comes back with other content", () => {
  test("is refused by the business key, which counts even without an Idempotency-Key", async () => {
    const { world, update } = await acceptedBefore(null);
    await expect(acceptOrderUpdate(world, { ...update, data: { parcel: 2 } }, null)).rejects.toMatchObject({
      code: "content_mismatch",
      message: expect.stringContaining("other data"),
    });
    expect(world.updates.rows).toHaveLength(1);
    expect(world.deferred).toEqual([]);
  });

  test("is refused by the idempotency key", async () => {
    const { world, update } = await acceptedBefore("key");
    await expect(acceptOrderUpdate(world, { ...update, status: "lost" }, "key")).rejects.toMatchObject({
      code: "content_mismatch",
      message: expect.stringContaining("Idempotency-Key"),
    });
    expect(world.updates.rows).toHaveLength(1);
  });

  test("is refused before the enterprise is said not to exist", async () => {
    const { world, update } = await acceptedBefore("key");
    world.directory.enterprise = null;
    await expect(acceptOrderUpdate(world, { ...update, status: "lost" }, "key")).rejects.toMatchObject({
      code: "content_mismatch",
    });
  });
});

test("a duplicate whose original cannot be found is our fault, not an acceptance", async () => {
  const world = acceptingWith(anEnterprise());
  vi.spyOn(world.updates, "insert").mockResolvedValue("duplicate");
  await expect(acceptOrderUpdate(world, anUpdate(), null)).rejects.toThrow("original cannot be found");
  expect(world.deferred).toEqual([]);
});
