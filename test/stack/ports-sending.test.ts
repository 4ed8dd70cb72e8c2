import { expect } from "vitest";
import { onEveryDatabase, times, useEveryDatabase } from "./ports-kit.ts";
import { AMBIGUOUS, anUpdate, called, claimed, ended, intentOf, nameOf, SETTINGS, statesOf } from "./ports-settings.ts";

useEveryDatabase();

onEveryDatabase("a claim takes what is due and named by its enterprise, once", async (port) => {
  await port.updates.insert(anUpdate("dlv_1"));
  await port.updates.insert(anUpdate("dlv_2", { shipmentId: "S2", skip: "no_address" }));
  await port.sending.claim([nameOf("dlv_1", "ent_b")], "lse_0");
  expect(await statesOf(port)).toEqual({ dlv_1: "queued", dlv_2: "skipped" });
  await port.sending.claim([nameOf("dlv_1"), nameOf("dlv_2")], "lse_1");
  await port.sending.claim([nameOf("dlv_1")], "lse_2");
  const load = (token: string) => port.sending.load([nameOf("dlv_1"), nameOf("dlv_2")], token);
  expect((await load("lse_1")).map(({ mine, due, unlogged, attemptNo }) => [mine, due, unlogged, attemptNo])).toEqual([
    [true, false, false, 1],
    [false, false, true, 0],
  ]);
  expect((await load("lse_2")).map(({ mine }) => mine)).toEqual([false, false]);
});

onEveryDatabase("a sibling that is being sent holds back the others, and nobody else", async (port) => {
  await port.updates.insert(anUpdate("dlv_1", { minute: 1 }));
  await port.updates.insert(anUpdate("dlv_2", { minute: 2, status: "later" }));
  await port.updates.insert(anUpdate("dlv_3", { minute: 2, status: "later", channelId: "ch_mail" }));
  await port.updates.insert(anUpdate("dlv_4", { enterpriseId: "ent_b" }));
  await port.updates.insert(anUpdate("dlv_5", { shipmentId: "S2" }));
  await port.sending.claim([nameOf("dlv_1")], "lse_1");
  const all = ["dlv_1", "dlv_2", "dlv_3", "dlv_5"].map((id) => nameOf(id));
  await port.sending.claim([...all, nameOf("dlv_4", "ent_b")], "lse_2");
  const loaded = await port.sending.load([...all, nameOf("dlv_4", "ent_b")], "lse_2");
  expect(loaded.map(({ deliveryId, mine, due }) => [deliveryId, mine, due])).toEqual([
    ["dlv_1", false, false],
    ["dlv_2", false, true],
    ["dlv_3", true, false],
    ["dlv_4", true, false],
    ["dlv_5", true, false],
  ]);
});

onEveryDatabase("one of all bells that tell of a blocked delivery is repeated, until it is due again", async (port) => {
  await port.updates.insert(anUpdate("dlv_1", { minute: 1 }));
  await port.updates.insert(anUpdate("dlv_2", { minute: 2, status: "later" }));
  await port.sending.claim([nameOf("dlv_1")], "lse_1");
  const isRungFor = async (token: string) => {
    await port.sending.claim([nameOf("dlv_2")], token);
    return (await port.sending.load([nameOf("dlv_2")], token)).map(({ mine, due }) => [mine, due]);
  };
  expect(await isRungFor("lse_2")).toEqual([[false, true]]);
  expect(await isRungFor("lse_3")).toEqual([[false, false]]);
  expect(await statesOf(port)).toEqual({ dlv_1: "sending", dlv_2: "queued" });
  await port.age(times.waitForSibling);
  expect(await isRungFor("lse_4")).toEqual([[false, true]]);
  expect(await isRungFor("lse_5")).toEqual([[false, false]]);
});

onEveryDatabase("siblings that are named together are claimed together, for the plan to part them", async (port) => {
  for (const minute of [3, 1, 2])
    await port.updates.insert(anUpdate(`dlv_${minute}`, { minute, status: `s${minute}` }));
  const names = [1, 2, 3].map((minute) => nameOf(`dlv_${minute}`));
  await port.sending.claim(names, "lse_1");
  const loaded = await port.sending.load(names, "lse_1");
  expect(loaded.map(({ mine }) => mine)).toEqual([true, true, true]);
  expect(loaded.map(({ newerPending, olderWaiting }) => [newerPending, olderWaiting])).toEqual([
    [true, false],
    [true, false],
    [false, false],
  ]);
});

onEveryDatabase(
  "an enterprise's own gateway may carry its own deliveries, with its credentials, and no other's",
  async (port) => {
    const own = { ownerId: "ent_a", credentials: "v1.sealed" };
    const gateways = SETTINGS.gateways.map((one) => (one.gatewayId === "gw_sms_2" ? { ...one, ...own } : one));
    await port.settle({ ...SETTINGS, gateways });
    await port.updates.insert(anUpdate("dlv_a"));
    await port.updates.insert(anUpdate("dlv_b", { enterpriseId: "ent_b" }));
    const loaded = await port.sending.load([nameOf("dlv_a"), nameOf("dlv_b", "ent_b")], "lse_0");
    expect(
      loaded.map(({ candidates }) => candidates.map((one) => [one.gatewayId, one.ownerId, one.credentials])),
    ).toEqual([
      [
        ["gw_sms_2", "ent_a", "v1.sealed"],
        ["gw_sms_1", "", null],
      ],
      [["gw_sms_1", "", null]],
    ]);
  },
);

onEveryDatabase("what is loaded is true at that moment", async (port) => {
  await port.settle(SETTINGS);
  await port.updates.insert(anUpdate("dlv_1", { minute: 1, status: "old" }));
  await port.updates.insert(anUpdate("dlv_2", { minute: 2 }));
  await port.updates.insert(anUpdate("dlv_3", { minute: 3, status: "new" }));
  const names = ["dlv_1", "dlv_2", "dlv_3"].map((id) => nameOf(id));
  const [oldest, middle, newest] = await port.sending.load(names, "lse_0");
  expect(
    oldest?.candidates.map(({ gatewayId, account, tries, barred, health }) => [
      gatewayId,
      account,
      tries,
      barred,
      health,
    ]),
  ).toEqual([
    ["gw_sms_2", "second", 0, false, "well"],
    ["gw_sms_1", "", 0, false, "well"],
  ]);
  expect(oldest?.customer).toEqual({ isSubscribed: true, phone: "+34600000001", email: "ent_a@shop.example" });
  expect([oldest?.kind, oldest?.lane, oldest?.suppressed]).toEqual(["sms", "sms", { phone: false, email: false }]);
  expect([middle?.newerPending, middle?.newerSent, middle?.olderWaiting]).toEqual([true, false, true]);
  expect(newest?.olderWaiting).toBe(true);
  await port.age(times.givesWay + 10_000);
  expect((await port.sending.load(names, "lse_0"))[1]?.olderWaiting).toBe(false);

  const { delivery, attempt } = await claimed(port, "dlv_3");
  const refused = { kind: "rejected", code: "1", reason: "no", otherGateway: true } as const;
  await port.sending.record([
    { delivery, attempt: { ...attempt, outcome: refused }, step: { state: "retrying", delayMs: 0, lane: "sms_2" } },
  ]);
  await port.receipts.suppress([
    { enterpriseId: "ent_a", channelId: "ch_sms", address: "+34600000001", wish: "stopped", at: 1_000 },
  ]);
  const after = (await port.sending.load(names, "lse_0"))[2];
  expect(after?.candidates.map(({ tries, barred }) => [tries, barred])).toEqual([
    [1, true],
    [0, false],
  ]);
  expect([after?.wasTried, after?.lane, after?.suppressed]).toEqual([true, "sms_2", { phone: true, email: false }]);
});

onEveryDatabase("what was attempted counts as tried, though its gateway carries it no more", async (port) => {
  await port.settle(SETTINGS);
  await port.updates.insert(anUpdate("dlv_1"));
  const { delivery, attempt } = await claimed(port, "dlv_1", "ent_a", "gw_gone");
  const refused = { kind: "refused", code: "503", reason: "away" } as const;
  await port.sending.record([
    { delivery, attempt: { ...attempt, outcome: refused }, step: { state: "retrying", delayMs: 0, lane: "sms" } },
  ]);
  const again = await claimed(port, "dlv_1");
  expect(again.delivery.wasTried).toBe(true);
  await port.sending.record([{ delivery: again.delivery, attempt: null, step: { state: "given_back", delayMs: 0 } }]);
  // So that a receipt of the first attempt, however late, still moves it.
  expect(await statesOf(port)).toEqual({ dlv_1: "retrying" });
});

onEveryDatabase("a newer status that was dropped in doubt may have been sent", async (port) => {
  await port.settle(SETTINGS);
  const dropped = { state: "failed", code: "dropped", reason: "in doubt", providerCode: "" } as const;
  const failed = { ...dropped, code: "rejected" } as const;
  await ended(port, "dlv_2", AMBIGUOUS, dropped, { minute: 2, status: "new" });
  await ended(port, "dlv_4", AMBIGUOUS, failed, { minute: 2, status: "new", shipmentId: "S2" });
  await port.updates.insert(anUpdate("dlv_1", { minute: 1, status: "old" }));
  await port.updates.insert(anUpdate("dlv_3", { minute: 1, status: "old", shipmentId: "S2" }));
  const loaded = await port.sending.load([nameOf("dlv_1"), nameOf("dlv_3")], "lse_0");
  expect(loaded.map(({ newerSent }) => newerSent)).toEqual([true, false]);
});

onEveryDatabase("an enterprise, a channel and gateways that are gone are loaded as such", async (port) => {
  await port.updates.insert(anUpdate("dlv_1"));
  const [delivery] = await port.sending.load([nameOf("dlv_1")], "lse_0");
  expect([delivery?.customer, delivery?.candidates, delivery?.kind]).toEqual([null, [], "other"]);
});

onEveryDatabase("an intent holds only under the lease, and only while a call can end within it", async (port) => {
  for (const id of ["dlv_1", "dlv_2", "dlv_3"]) await port.updates.insert(anUpdate(id, { shipmentId: id }));
  await port.sending.claim([nameOf("dlv_1"), nameOf("dlv_2")], "lse_1");
  await port.sending.claim([nameOf("dlv_3")], "lse_2");
  const intents = ["dlv_1", "dlv_3"].map((id) => intentOf(id, `att_${id}`));
  expect((await port.sending.commitIntents(intents, "lse_1")).map((one) => one.attemptId)).toEqual(["att_dlv_1"]);
  expect((await port.sending.findCommitted(intents)).map((one) => one.attemptId)).toEqual(["att_dlv_1"]);
  await port.age(times.lease - times.callTimeout + 5_000);
  expect(await port.sending.commitIntents([intentOf("dlv_2", "att_dlv_2")], "lse_1")).toEqual([]);
  expect(await port.rows("attempts")).toHaveLength(1);
});

onEveryDatabase("no two attempts of one claim", async (port) => {
  await called(port, "dlv_1");
  await expect(port.sending.commitIntents([intentOf("dlv_1", "att_other")], "lse_dlv_1")).rejects.toThrow();
  expect(await port.rows("attempts")).toHaveLength(1);
});
