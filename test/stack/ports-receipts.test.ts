import { expect } from "vitest";
import type { Receipt, ReceiptKind } from "../../src/domain/receipt.ts";
import type { SuppressionChange, Wish } from "../../src/domain/suppression.ts";
import { onEveryDatabase, times, useEveryDatabase, type Port } from "./ports-kit.ts";
import { anUpdate, called, claimed, nameOf, SETTINGS, sorted, statesOf } from "./ports-settings.ts";

useEveryDatabase();

function receiptOf(attemptId: string, kind: ReceiptKind, enterpriseId = "ent_a"): Receipt {
  const why = kind === "undelivered" ? { code: "30005", reason: "unknown number" } : { code: null, reason: null };
  return {
    enterpriseId,
    attemptId,
    eventId: `${attemptId}:${kind}`,
    kind,
    providerId: "SM1",
    occurredAt: null,
    ...why,
  };
}

async function apply(port: Port, receipts: Receipt[], to: "sent" | "delivered" | "undelivered") {
  const attempts = await port.receipts.findAttempts(receipts, ["", "second"]);
  const proven = attempts.flatMap((attempt) => {
    const receipt = receipts.find((one) => one.attemptId === attempt.attemptId);
    return receipt ? [{ receipt, attempt }] : [];
  });
  await port.receipts.insert(receipts);
  await port.receipts.markAccepted(proven);
  await port.receipts.logProven(proven);
  await port.receipts.logUndelivered(proven.filter(({ receipt }) => receipt.kind === "undelivered"));
  await port.receipts.moveForward(proven.map(({ attempt }) => ({ ...attempt, to })));
}

onEveryDatabase("attempts are found by their enterprise and by the account that they went through", async (port) => {
  await port.settle(SETTINGS);
  await called(port, "dlv_1");
  await called(port, "dlv_2", { enterpriseId: "ent_b" });
  const find = async (receipts: Receipt[], accounts: string[]) =>
    (await port.receipts.findAttempts(receipts, accounts)).map((one) => one.attemptId).toSorted();
  const own = receiptOf("att_dlv_1_1", "delivered");
  expect(await find([own], ["", "second"])).toEqual(["att_dlv_1_1"]);
  expect(await find([own], [""])).toEqual([]);
  expect(await find([{ ...own, enterpriseId: "ent_b" }], ["second"])).toEqual([]);
  // The statement pairs enterprises and attempts freely; the use case has to look at the pairs.
  expect(
    await find([receiptOf("att_dlv_1_1", "delivered", "ent_b"), receiptOf("att_x", "delivered")], ["second"]),
  ).toEqual(["att_dlv_1_1"]);
  expect((await port.receipts.findAttempts([own], ["second"]))[0]).toMatchObject({
    deliveryId: "dlv_1",
    state: "sending",
    isWaitedFor: false,
    isAccepted: false,
    isLogged: false,
    channelId: "ch_sms",
    customer: { phone: "+34600000001", email: "ent_a@shop.example" },
  });
});

onEveryDatabase("an enterprise's own account vouches for what went through its gateway alone", async (port) => {
  const gateways = SETTINGS.gateways.map((one) => (one.gatewayId === "gw_sms_1" ? { ...one, ownerId: "ent_a" } : one));
  await port.settle({ ...SETTINGS, gateways });
  await called(port, "dlv_1");
  for (const [deliveryId, gatewayId] of [
    ["dlv_own", "gw_sms_1"],
    ["dlv_gone", "gw_gone"],
  ] as const) {
    await port.updates.insert(anUpdate(deliveryId, { shipmentId: deliveryId }));
    await claimed(port, deliveryId, "ent_a", gatewayId);
  }
  const receipts = ["dlv_1", "dlv_own", "dlv_gone"].map((id) => receiptOf(`att_${id}_1`, "delivered"));
  const find = async (accounts: string[]) =>
    (await port.receipts.findAttempts(receipts, accounts)).map((one) => one.deliveryId).toSorted();
  expect(await find(["own:gw_sms_1"])).toEqual(["dlv_own"]);
  expect(await find(["own:gw_sms_2", "own:gw_gone"])).toEqual([]);
  expect(await find(["", "second"])).toEqual(["dlv_1", "dlv_gone"]);
});

onEveryDatabase("receipts are a set, prove acceptance, and settle a delivery from wherever it stands", async (port) => {
  const states = ["sending", "unknown", "retrying", "sent"] as const;
  for (const state of states) {
    const { delivery, attempt } = await called(port, `dlv_${state}`, { shipmentId: state });
    const outcome = { kind: "ambiguous", code: "timeout", reason: "no answer" } as const;
    const accepted = { kind: "accepted", providerId: null } as const;
    if (state === "unknown")
      await port.sending.record([{ delivery, attempt: { ...attempt, outcome }, step: { state } }]);
    if (state === "sent")
      await port.sending.record([{ delivery, attempt: { ...attempt, outcome: accepted }, step: { state } }]);
    if (state === "retrying") {
      const step = { state, delayMs: 30_000, lane: "sms" } as const;
      await port.sending.record([{ delivery, attempt: { ...attempt, outcome }, step }]);
    }
  }
  const receipts = states.map((state) => receiptOf(`att_dlv_${state}_1`, "delivered"));
  await apply(port, receipts, "delivered");
  await apply(port, receipts.toReversed(), "delivered");
  expect(new Set(Object.values(await statesOf(port)))).toEqual(new Set(["delivered"]));
  expect(await port.rows("receipts")).toHaveLength(4);
  expect((await port.rows("attempts")).map(({ outcome, code, providerId }) => [outcome, code, providerId])).toEqual(
    states.map(() => ["accepted", null, "SM1"]),
  );
  expect(await port.rows("logs")).toHaveLength(4);
});

onEveryDatabase("what is known of an attempt is told with it", async (port) => {
  const { delivery, attempt } = await called(port, "dlv_1");
  const receipt = receiptOf("att_dlv_1_1", "progress");
  const known = async () => {
    const [found] = await port.receipts.findAttempts([receipt], ["", "second"]);
    return found && [found.state, found.isWaitedFor, found.isAccepted, found.isLogged];
  };
  expect(await known()).toEqual(["sending", false, false, false]);
  const outcome = { kind: "accepted", providerId: "SM1" } as const;
  await port.sending.record([{ delivery, attempt: { ...attempt, outcome }, step: { state: "sent" } }]);
  expect(await known()).toEqual(["sent", true, true, true]);
  await apply(port, [receipt], "sent");
  expect(await known()).toEqual(["sent", false, true, true]);
  await apply(port, [receipt], "delivered");
  expect(await known()).toEqual(["delivered", false, true, true]);
});

onEveryDatabase("ends absorb: nothing that comes later moves a delivery, but it is logged", async (port) => {
  await called(port, "dlv_1");
  await apply(port, [receiptOf("att_dlv_1_1", "undelivered")], "undelivered");
  await apply(port, [receiptOf("att_dlv_1_1", "delivered")], "delivered");
  await apply(port, [receiptOf("att_dlv_1_1", "progress")], "sent");
  expect(await statesOf(port)).toEqual({ dlv_1: "undelivered" });
  expect(await port.rows("receipts")).toHaveLength(3);
  expect((await port.rows("failures")).map((row) => [row["code"], row["providerCode"]])).toEqual([
    ["undelivered", "30005"],
  ]);
});

onEveryDatabase("an acceptance that a receipt proved is not taken back by what the call came to", async (port) => {
  const { delivery, attempt } = await called(port, "dlv_1");
  await apply(port, [receiptOf("att_dlv_1_1", "progress")], "sent");
  const outcome = { kind: "refused", code: "503", reason: "away" } as const;
  await port.sending.record([
    { delivery, attempt: { ...attempt, outcome }, step: { state: "retrying", delayMs: 0, lane: "sms" } },
  ]);
  expect(await statesOf(port)).toEqual({ dlv_1: "sent" });
  expect((await port.rows("attempts")).map(({ outcome: kept, gatewayFailed }) => [kept, gatewayFailed])).toEqual([
    ["accepted", false],
  ]);
});

onEveryDatabase("steps are written once", async (port) => {
  const step = {
    ...nameOf("dlv_1"),
    attemptId: "att_1",
    stepNo: 1,
    source: "look_up",
    conclusion: "absent",
    message: "None.",
  };
  await port.receipts.writeSteps([step, { ...step, stepNo: 2 }]);
  await port.holding.writeSteps([{ ...step, conclusion: "accepted" }]);
  await port.reconciling.writeSteps([]);
  expect((await port.rows("steps")).map((row) => row["conclusion"])).toEqual(["absent", "absent"]);
});

const WISHES: Wish[] = ["stopped", "lifted", "bounced", "unsubscribed", "lifted", "complained"];

onEveryDatabase(
  "the list of addresses is the same in whatever order and however often its changes come",
  async (port) => {
    const change = (address: string, wish: Wish, at: number): SuppressionChange => {
      return { enterpriseId: "ent_a", channelId: "ch_sms", address, wish, at: 1_700_000_000_000 + at * 1000 };
    };
    for (const [first, a] of WISHES.entries()) {
      for (const [second, b] of WISHES.entries()) {
        for (const [third, c] of WISHES.entries()) {
          const address = `${first}${second}${third}`;
          // Of three changes the middle one comes last, or at the same moment as the first.
          const last = (first + third) % 2 === 0 ? 2 : 1;
          await port.receipts.suppress([change(address, a, 1), change(address, c, 3)]);
          await port.inbound.suppress([change(address, b, last), change(address, a, 1)]);
          if (second > 1) break;
        }
      }
    }
    await port.receipts.suppress([]);
    expect((await port.rows("suppressions")).length).toBeGreaterThan(80);
  },
);

onEveryDatabase("a change that claims to come from the future counts as of now", async (port) => {
  const now = await port.now();
  const change = { enterpriseId: "ent_a", channelId: "ch_sms", address: "x" } as const;
  await port.receipts.suppress([{ ...change, wish: "stopped", at: now + 3_600_000 }]);
  await port.age(20_000);
  await port.inbound.suppress([{ ...change, wish: "lifted", at: await port.now() }]);
  expect((await port.rows("suppressions"))[0]?.["liftedAt"]).not.toBeNull();
});

onEveryDatabase(
  "a message that came in concerns the channels that its adapter serves, as of when it first came",
  async (port) => {
    await port.settle(SETTINGS);
    const message = { messageId: "SM1", adapter: "twilio_sms", from: "+34600000001", wish: "stop" } as const;
    expect(await port.inbound.findConcerned(message)).toEqual([]);
    await port.inbound.insert(message);
    await port.age(times.lease);
    await port.inbound.insert(message);
    const concerned = await port.inbound.findConcerned(message);
    expect(sorted(concerned.map(({ enterpriseId, channelId }) => [enterpriseId, channelId]))).toEqual([
      "ent_a,ch_sms",
      "ent_b,ch_sms",
      "ent_c,ch_sms",
    ]);
    const [first] = concerned;
    expect((await port.now()) - (first?.receivedAt ?? 0)).toBeGreaterThan(times.lease - 5_000);
    expect(await port.inbound.findConcerned({ ...message, from: "+34999999999" })).toEqual([]);
  },
);

onEveryDatabase("a message to an enterprise's own sender concerns that enterprise alone", async (port) => {
  const gateways = SETTINGS.gateways.map((one) => (one.gatewayId === "gw_sms_1" ? { ...one, ownerId: "ent_a" } : one));
  await port.settle({ ...SETTINGS, gateways });
  const message = { messageId: "SM1", adapter: "twilio_sms", from: "+34600000001", wish: "stop" } as const;
  await port.inbound.insert(message);
  const concerned = async (gatewayId: string, ownerId: string) =>
    (await port.inbound.findConcerned({ ...message, own: { gatewayId, ownerId } })).map((one) => [
      one.enterpriseId,
      one.channelId,
    ]);
  expect(await concerned("gw_sms_1", "ent_a")).toEqual([["ent_a", "ch_sms"]]);
  expect(await concerned("gw_sms_1", "ent_b")).toEqual([]);
  expect(await concerned("gw_sms_2", "ent_a")).toEqual([]);
});
