import { expect } from "vitest";
import type { AttemptOutcome, DeliveryResult, ResultStep } from "../../src/domain/delivery-result.ts";
import { onEveryDatabase, times, useEveryDatabase, type Port } from "./ports-kit.ts";
import { anUpdate, called, claimed, intentOf, nameOf, SETTINGS, statesOf } from "./ports-settings.ts";

useEveryDatabase();

const keysOf = (deliveryId: string, wanted = {}) => anUpdate(deliveryId, wanted).keys;

onEveryDatabase("an update is stored whole or not at all, and refused by either of its keys", async (port) => {
  const two = anUpdate("dlv_1", { key: "k1" });
  const [first] = two.deliveries;
  if (first)
    two.deliveries.push({ ...first, deliveryId: "dlv_2", position: 1, channelId: "ch_mail", skip: "no_address" });
  expect(await port.updates.insert(two)).toBe("inserted");
  expect(await port.updates.insert(anUpdate("dlv_3"))).toBe("duplicate");
  expect(await port.updates.insert(anUpdate("dlv_4", { status: "other", key: "k1" }))).toBe("duplicate");
  expect(await port.updates.insert(anUpdate("dlv_5", { enterpriseId: "ent_b", key: "k1" }))).toBe("inserted");
  expect(await port.updates.insert(anUpdate("dlv_6", { status: "other", key: "k2" }))).toBe("inserted");
  const found = async (wanted: object) =>
    (await port.updates.findOriginal("ent_a", keysOf("x", wanted))).map((row) => [row.deliveryId, row.state, row.code]);
  expect(await found({ key: "k1" })).toEqual([
    ["dlv_1", "queued", null],
    ["dlv_2", "skipped", "no_address"],
  ]);
  expect((await found({ status: "other", key: "k1" })).map(([id]) => id).toSorted()).toEqual([
    "dlv_1",
    "dlv_2",
    "dlv_6",
  ]);
  expect(await found({ status: "never", key: "k9" })).toEqual([]);
  expect(await port.updates.findOriginal("ent_c", keysOf("x"))).toEqual([]);
});

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

const refused: AttemptOutcome = { kind: "refused", code: "20429", reason: "too many" };
const ambiguous: AttemptOutcome = { kind: "ambiguous", code: "timeout", reason: "it did not answer" };
const STEPS: [id: string, outcome: AttemptOutcome | null, step: ResultStep][] = [
  ["sent", { kind: "accepted", providerId: "SM1" }, { state: "sent" }],
  ["sent_unread", { kind: "accepted", providerId: null }, { state: "sent" }],
  ["retrying", refused, { state: "retrying", delayMs: 30_000, lane: "sms_2" }],
  ["unknown", ambiguous, { state: "unknown" }],
  ["failed", { kind: "misconfigured", code: "20003", reason: "bad key", gatewayWide: true }, failed("misconfigured")],
  ["rejected", { kind: "rejected", code: "21211", reason: "bad number", otherGateway: false }, failed("rejected")],
  ["expired", null, { state: "skipped", code: "expired" }],
  ["given_back", { kind: "not_started" }, { state: "given_back", delayMs: 20_000 }],
];

function failed(code: "misconfigured" | "rejected"): ResultStep {
  return { state: "failed", code, reason: "it does not work", providerCode: "20003" };
}

async function resultsOfAll(port: Port): Promise<DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  for (const [id, outcome, step] of STEPS) {
    const { delivery, attempt } = await called(port, `dlv_${id}`, { shipmentId: id });
    results.push({ delivery, attempt: outcome === null ? null : { ...attempt, outcome }, step });
  }
  return results;
}

onEveryDatabase("each result is recorded with its facts, and recording it again changes nothing", async (port) => {
  await port.settle(SETTINGS);
  const results = await resultsOfAll(port);
  await port.updates.insert(anUpdate("dlv_skip", { shipmentId: "skip", skip: "no_address" }));
  const [skip] = await port.sending.load([nameOf("dlv_skip")], "lse_0");
  if (skip) results.push({ delivery: skip, attempt: null, step: { state: "skip_logged", code: "no_address" } });
  await port.sending.record(results);
  const once = await statesOf(port);
  expect(once).toEqual({
    dlv_sent: "sent",
    dlv_sent_unread: "sent",
    dlv_retrying: "retrying",
    dlv_unknown: "unknown",
    dlv_failed: "failed",
    dlv_rejected: "failed",
    dlv_expired: "skipped",
    dlv_given_back: "queued",
    dlv_skip: "skipped",
  });
  expect((await port.rows("logs")).map((row) => row["providerId"]).toSorted()).toEqual(["SM1", null]);
  expect((await port.rows("failures")).map((row) => row["code"]).toSorted()).toEqual([
    "expired",
    "misconfigured",
    "no_address",
    "rejected",
  ]);
  await port.sending.record(results);
  expect(await statesOf(port)).toEqual(once);
  expect(await port.rows("failures")).toHaveLength(4);
});

onEveryDatabase("a result of an earlier claim counts only if it is an acceptance", async (port) => {
  const late = await called(port, "dlv_1");
  await port.sending.record([
    {
      delivery: late.delivery,
      attempt: { ...late.attempt, outcome: refused },
      step: { state: "retrying", delayMs: 0, lane: "sms" },
    },
  ]);
  await claimed(port, "dlv_1");
  const record = (outcome: AttemptOutcome, step: ResultStep) =>
    port.sending.record([{ delivery: late.delivery, attempt: { ...late.attempt, outcome }, step }]);
  await record(refused, failed("rejected"));
  expect(await statesOf(port)).toEqual({ dlv_1: "sending" });
  await record({ kind: "accepted", providerId: "SM1" }, { state: "sent" });
  expect(await statesOf(port)).toEqual({ dlv_1: "sent" });
  await record(ambiguous, { state: "unknown" });
  expect(await statesOf(port)).toEqual({ dlv_1: "sent" });
  expect((await port.rows("attempts")).map((row) => row["outcome"]).toSorted()).toEqual(["accepted", null]);
});

onEveryDatabase("what a sender tells late is kept, and a guess about it is not put in its place", async (port) => {
  const { delivery, attempt } = await called(port, "dlv_1");
  const guess: AttemptOutcome = { kind: "ambiguous", code: "lease_expired", reason: "gone" };
  const record = (outcome: AttemptOutcome, step: ResultStep) =>
    port.sending.record([{ delivery, attempt: { ...attempt, outcome }, step }]);
  await record(guess, { state: "unknown" });
  await record(refused, { state: "retrying", delayMs: 0, lane: "sms" });
  await record(guess, { state: "unknown" });
  expect(
    (await port.rows("attempts")).map(({ outcome, code, gatewayFailed }) => [outcome, code, gatewayFailed]),
  ).toEqual([["refused", "20429", true]]);
  expect(await statesOf(port)).toEqual({ dlv_1: "retrying" });
});

onEveryDatabase("an opt-out that a refusal tells of is on the list before the delivery fails", async (port) => {
  const { delivery, attempt } = await called(port, "dlv_1");
  const outcome = {
    kind: "rejected",
    code: "21610",
    reason: "opted out",
    otherGateway: false,
    optedOut: true,
  } as const;
  const optOut = {
    enterpriseId: "ent_a",
    channelId: "ch_sms",
    address: "+34600000001",
    wish: "stopped",
    at: 1_000,
  } as const;
  await port.sending.record([{ delivery, attempt: { ...attempt, outcome }, optOut, step: failed("rejected") }]);
  expect((await port.rows("suppressions")).map((row) => row["code"])).toEqual(["stopped"]);
});

onEveryDatabase("the directory shows what is subscribed, in fail-over order", async (port) => {
  await port.settle(SETTINGS);
  const enterprise = await port.loadEnterprise("ent_a");
  expect(
    enterprise?.channels.map(({ channelId, gateways }) => [channelId, gateways.map((one) => one.gatewayId)]),
  ).toEqual([
    ["ch_mail", ["gw_mail"]],
    ["ch_sms", ["gw_sms_2", "gw_sms_1"]],
  ]);
  expect(await port.loadEnterprise("ent_x")).toBeNull();
});

onEveryDatabase("channels and gateways are named once, and gateways are dealt to tracks in turn", async (port) => {
  const channel = { channelId: "ch_1", channelName: "Push", channelKey: "push", kind: "other" } as const;
  expect(await port.channels.insertChannel(channel)).toBe("inserted");
  expect(await port.channels.insertChannel({ ...channel, channelId: "ch_2" })).toBe("duplicate");
  expect(await port.channels.find("push")).toEqual(channel);
  expect(await port.channels.find("pull")).toBeNull();
  const add = (gatewayId: string, gatewayKey: string) =>
    port.channels.insertGateway({
      ...{ gatewayId, gatewayName: gatewayKey, gatewayKey, channelId: "ch_1", adapter: "twilio_sms" },
      ...{ sender: null, account: "", priority: 100 },
    });
  expect(await add("gw_1", "one")).toBe("inserted");
  expect(await add("gw_2", "one")).toBe("duplicate");
  expect(await add("gw_3", "two")).toBe("inserted");
  expect(await add("gw_4", "three")).toBe("inserted");
  expect((await port.rows("gateways")).map((row) => row["track"]).toSorted()).toEqual([0, 0, 1]);
  expect((await port.channels.list()).map((row) => row.gateway_id)).toEqual(["gw_1", "gw_3", "gw_4"]);
});
