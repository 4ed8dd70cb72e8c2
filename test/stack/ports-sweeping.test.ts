import { expect } from "vitest";
import type { AttemptOutcome, ResultStep } from "../../src/domain/delivery-result.ts";
import { endOfHold } from "../../src/domain/reconciliation.ts";
import { onEveryDatabase, times, useEveryDatabase, type Port } from "./ports-kit.ts";
import { anUpdate, called, claimed, nameOf, SETTINGS, statesOf } from "./ports-settings.ts";

useEveryDatabase();

const AMBIGUOUS: AttemptOutcome = { kind: "ambiguous", code: "timeout", reason: "no answer" };

async function ended(
  port: Port,
  id: string,
  outcome: AttemptOutcome,
  step: ResultStep,
  wanted: Parameters<typeof called>[2] = {},
) {
  const { delivery, attempt, attemptId } = await called(port, id, wanted);
  await port.sending.record([{ delivery, attempt: { ...attempt, outcome }, step }]);
  return attemptId;
}

onEveryDatabase(
  "what is due and silent is found, oldest first and bounded by lane, and rung for ever less often",
  async (port) => {
    await port.updates.insert(anUpdate("dlv_1"));
    await port.age(times.silentAfter + 5_000);
    await port.updates.insert(anUpdate("dlv_2", { shipmentId: "S2" }));
    await port.updates.insert(anUpdate("dlv_3", { shipmentId: "S3", channelId: "ch_mail" }));
    expect((await port.sweeping.findSilent(5)).map((row) => row.deliveryId)).toEqual(["dlv_1"]);
    await port.age(times.silentAfter + 5_000);
    expect((await port.sweeping.findSilent(1)).map((row) => [row.deliveryId, row.lane])).toEqual([
      ["dlv_1", "sms"],
      ["dlv_3", "email"],
    ]);
    const silent = await port.sweeping.findSilent(5);
    await port.sweeping.moveRingOn(silent);
    await port.sweeping.moveRingOn(silent);
    expect(await port.sweeping.findSilent(5)).toEqual([]);
    for (let again = 0; again < 7; again++) {
      await port.age(times.ringAgainLongest);
      await port.sweeping.moveRingOn(await port.sweeping.findSilent(5));
    }
    expect((await port.rows("deliveries")).map((row) => row["ringNo"])).toEqual([8, 8, 8]);
  },
);

onEveryDatabase("expired leases are found with what is known of their calls", async (port) => {
  await port.updates.insert(anUpdate("dlv_0", { shipmentId: "S0" }));
  await port.sending.claim([nameOf("dlv_0")], "lse_0");
  await called(port, "dlv_1");
  expect(await port.sweeping.findExpiredLeases(10)).toEqual([]);
  await port.age(times.lease + 5_000);
  const expired = (await port.sweeping.findExpiredLeases(10)).toSorted((a, b) =>
    a.deliveryId < b.deliveryId ? -1 : 1,
  );
  expect(
    expired.map(({ deliveryId, attemptId, outcome, attemptNo }) => [deliveryId, attemptId, outcome, attemptNo]),
  ).toEqual([
    ["dlv_0", null, null, 1],
    ["dlv_1", "att_dlv_1_1", null, 1],
  ]);
  expect(await port.sweeping.findExpiredLeases(1)).toHaveLength(1);
});

onEveryDatabase("a hold ends as its enterprise wants it, unless proof came meanwhile", async (port) => {
  await port.settle(SETTINGS);
  for (const enterpriseId of ["ent_a", "ent_b", "ent_c"]) {
    await ended(port, `dlv_${enterpriseId}`, AMBIGUOUS, { state: "unknown" }, { enterpriseId });
  }
  await ended(port, "dlv_proven", AMBIGUOUS, { state: "unknown" }, { shipmentId: "S2" });
  expect(await port.holding.findEnded(10)).toEqual([]);
  await port.age(times.hold + 5_000);
  const holds = await port.holding.findEnded(10);
  expect(holds.map(({ deliveryId, policy }) => [deliveryId, policy]).toSorted()).toEqual([
    ["dlv_ent_a", "hold"],
    ["dlv_ent_b", "resend"],
    ["dlv_ent_c", "drop"],
    ["dlv_proven", "hold"],
  ]);
  const proof = { ...nameOf("dlv_proven"), gatewayId: "gw_sms_2", gateway: "gw_sms_2", to: "delivered" } as const;
  await port.receipts.moveForward([proof]);
  const endings = holds.map((hold) => ({ hold, end: endOfHold(hold.policy) }));
  await port.holding.logEnds(endings);
  await port.holding.end(endings);
  await port.holding.end(endings);
  expect(await statesOf(port)).toEqual({
    dlv_ent_a: "unconfirmed",
    dlv_ent_b: "retrying",
    dlv_ent_c: "failed",
    dlv_proven: "delivered",
  });
});

onEveryDatabase(
  "looks are due after the lease, and two of them prove absence only one after the other",
  async (port) => {
    await port.settle(SETTINGS);
    await ended(port, "dlv_1", AMBIGUOUS, { state: "unknown" });
    await ended(port, "dlv_2", { kind: "accepted", providerId: "SM2" }, { state: "sent" }, { shipmentId: "S2" });
    expect(await port.reconciling.findDue(10)).toEqual([]);
    await port.age(times.lease + times.lookAgain - 5_000);
    expect(await port.reconciling.findDue(10)).toEqual([]);
    await port.age(10_000);
    const [look] = await port.reconciling.findDue(10);
    if (!look) throw new Error("There is no look.");
    expect(look).toMatchObject({
      ...{ deliveryId: "dlv_1", attemptId: "att_dlv_1_1", state: "unknown", lookNo: 0, steps: 0 },
      ...{ isSameAddress: true, adapter: "twilio_sms", account: "second", sender: "+1555gw_sms_2", providerId: null },
    });
    await port.reconciling.writeSteps([
      {
        ...nameOf("dlv_1"),
        attemptId: "att_dlv_1_1",
        stepNo: 1,
        source: "look_up",
        conclusion: "absent",
        message: "None.",
      },
    ]);
    const absent = { kind: "absent", againMs: times.lookAgain, because: "None." } as const;
    await port.reconciling.moveAfterLook([{ look, conclusion: absent }]);
    // The same look of another sweep does not count twice.
    await port.reconciling.moveAfterLook([{ look, conclusion: absent }]);
    await port.reconciling.moveAfterLook([{ look, conclusion: { kind: "proven_absent", because: "None." } }]);
    expect(await statesOf(port)).toEqual({ dlv_1: "unknown", dlv_2: "sent" });
    await port.age(times.lookAgain + 5_000);
    const [second] = await port.reconciling.findDue(10);
    expect([second?.lookNo, second?.steps]).toEqual([1, 1]);
    if (second)
      await port.reconciling.moveAfterLook([{ look: second, conclusion: { kind: "proven_absent", because: "None." } }]);
    expect(await statesOf(port)).toEqual({ dlv_1: "retrying", dlv_2: "sent" });
    await port.age(times.receiptLate);
    const [late] = await port.reconciling.findDue(10);
    expect([late?.deliveryId, late?.state, late?.providerId]).toEqual(["dlv_2", "sent", "SM2"]);
    if (late)
      await port.reconciling.moveAfterLook([
        { look: late, conclusion: { kind: "unclear", againMs: null, because: "Gone." } },
      ]);
    expect(await port.reconciling.findDue(10)).toEqual([]);
  },
);

onEveryDatabase("holders, rivals and what was heard of later messages are counted", async (port) => {
  await port.settle(SETTINGS);
  const same = { shipmentId: "S1", status: "shipped" };
  await ended(port, "dlv_1", AMBIGUOUS, { state: "unknown" }, same);
  await ended(port, "dlv_2", AMBIGUOUS, { state: "unknown" }, { ...same, enterpriseId: "ent_b" });
  await ended(
    port,
    "dlv_3",
    { kind: "accepted", providerId: "SM3" },
    { state: "sent" },
    { ...same, enterpriseId: "ent_c" },
  );
  await ended(port, "dlv_mail", AMBIGUOUS, { state: "unknown" }, { ...same, channelId: "ch_mail" });
  await port.age(times.lease + times.lookAgain + 5_000);
  const looks = await port.reconciling.findDue(10);
  const of = (id: string) => looks.filter((look) => look.deliveryId === id);
  expect(await port.reconciling.findHolders(["SM3", "SM4"])).toEqual([{ providerId: "SM3", attemptId: "att_dlv_3_1" }]);
  expect(await port.reconciling.countRivals(of("dlv_1"), "phone")).toEqual(new Map([["dlv_1", 1]]));
  expect(await port.reconciling.countRivals(of("dlv_mail"), "email")).toEqual(new Map());
  for (const later of [1, 2]) {
    const id = await ended(
      port,
      `dlv_later_${later}`,
      { kind: "accepted", providerId: null },
      { state: "sent" },
      {
        shipmentId: `L${later}`,
        channelId: "ch_mail",
      },
    );
    const receipt = { enterpriseId: "ent_a", attemptId: id, eventId: id, kind: "progress", providerId: null } as const;
    await port.receipts.insert([{ ...receipt, occurredAt: null, code: null, reason: null }]);
  }
  expect(await port.reconciling.countLaterHeard(of("dlv_mail"), 5)).toEqual(new Map([["att_dlv_mail_1", 2]]));
  expect(await port.reconciling.countLaterHeard(of("dlv_mail"), 1)).toEqual(new Map([["att_dlv_mail_1", 1]]));
});

onEveryDatabase(
  "a gateway's calls are tallied, its health changes once for each change, and one batch gets its trial",
  async (port) => {
    await port.settle(SETTINGS);
    const retrying = { state: "retrying", delayMs: 30_000, lane: "sms" } as const;
    await ended(port, "dlv_1", { kind: "accepted", providerId: null }, { state: "sent" }, { shipmentId: "H1" });
    await port.age(20_000);
    await ended(port, "dlv_2", { kind: "refused", code: "503", reason: "away" }, retrying, { shipmentId: "H2" });
    await ended(port, "dlv_3", AMBIGUOUS, { state: "unknown" }, { shipmentId: "H3" });
    await ended(port, "dlv_4", { kind: "rejected", code: "1", reason: "no", otherGateway: false }, retrying, {
      shipmentId: "H4",
    });
    await called(port, "dlv_5", { shipmentId: "H5" });
    const tallyOf = async () => (await port.health.tally()).find((one) => one.gatewayId === "gw_sms_2");
    const tally = await tallyOf();
    expect(tally).toMatchObject({ health: "well", good: 2, failed: 2, goodSinceTrial: 0 });
    expect((await port.health.tally()).map((one) => one.gatewayId)).toEqual(["gw_mail", "gw_sms_1", "gw_sms_2"]);
    const change = {
      changeId: tally?.changeId ?? "",
      gatewayId: "gw_sms_2",
      health: "closed",
      reason: "All failed.",
    } as const;
    expect(await port.health.change(change)).toBe(true);
    expect(await port.health.change(change)).toBe(false);
    expect((await tallyOf())?.health).toBe("closed");
    expect(await port.sending.takeTrials(["gw_sms_1", "gw_sms_2"])).toEqual([]);
    await port.age(times.healthRest + 5_000);
    expect(await port.sending.takeTrials(["gw_sms_2"])).toEqual(["gw_sms_2"]);
    expect(await port.sending.takeTrials(["gw_sms_2"])).toEqual([]);
    await ended(port, "dlv_6", { kind: "accepted", providerId: null }, { state: "sent" }, { shipmentId: "H6" });
    const tried = await tallyOf();
    expect(tried).toMatchObject({ health: "closed", good: 1, failed: 0, goodSinceTrial: 1, lastCode: null });
    await port.health.change({
      changeId: tried?.changeId ?? "",
      gatewayId: "gw_sms_2",
      health: "well",
      reason: "A trial.",
    });
    expect((await tallyOf())?.health).toBe("well");
  },
);

onEveryDatabase("what failed is redriven once, by whoever comes first, and starts anew", async (port) => {
  await port.settle(SETTINGS);
  const failed = { state: "failed", code: "misconfigured", reason: "bad key", providerCode: "20003" } as const;
  const outcome = { kind: "misconfigured", code: "20003", reason: "bad key" } as const;
  for (const id of ["dlv_1", "dlv_2"]) await ended(port, id, outcome, failed, { shipmentId: id });
  await ended(port, "dlv_3", outcome, failed, { shipmentId: "dlv_3", enterpriseId: "ent_b" });
  const any = {
    enterpriseId: null,
    shipmentId: null,
    channelId: null,
    gatewayId: null,
    code: null,
    providerCode: null,
  };
  const filter = { ...any, state: "failed", settledFrom: 0, settledTo: null, maySendTwice: false } as const;
  expect(await port.redriving.count(filter)).toEqual({ matching: 3, expired: 0 });
  expect(await port.redriving.count({ ...filter, enterpriseId: "ent_a", shipmentId: "dlv_1" })).toEqual({
    matching: 1,
    expired: 0,
  });
  expect(await port.redriving.count({ ...filter, providerCode: "21211" })).toEqual({ matching: 0, expired: 0 });
  expect(await port.redriving.count({ ...filter, state: "unconfirmed" })).toEqual({ matching: 0, expired: 0 });
  const found = await port.redriving.find({ ...filter, enterpriseId: "ent_a", providerCode: "20003" }, 10);
  expect(found.map((one) => [one.deliveryId, one.attemptNo, one.code])).toEqual([
    ["dlv_1", 1, "misconfigured"],
    ["dlv_2", 1, "misconfigured"],
  ]);
  const planned = found.map((one, index) => ({ ...one, delayMs: index * 40_000 }));
  await port.redriving.log(filter, planned);
  expect(await port.redriving.redrive(filter, planned)).toBe(2);
  expect(await port.redriving.redrive(filter, planned)).toBe(0);
  const dueIn = await port.redriving.lastDueInMs();
  expect(dueIn > 35_000 && dueIn <= 40_000).toBe(true);
  expect(await statesOf(port)).toEqual({ dlv_1: "retrying", dlv_2: "retrying", dlv_3: "failed" });
  const { delivery } = await claimed(port, "dlv_1");
  expect(delivery.candidates.map(({ tries, barred }) => [tries, barred])).toEqual([
    [0, false],
    [0, false],
  ]);
  expect(delivery.wasTried).toBe(true);
  await port.age(times.expires);
  expect(await port.redriving.count(filter)).toEqual({ matching: 0, expired: 1 });
});

onEveryDatabase("what is old goes, but nothing that is still under way", async (port) => {
  await ended(port, "dlv_0", { kind: "accepted", providerId: null }, { state: "sent" });
  await port.updates.insert(anUpdate("dlv_00", { shipmentId: "S2" }));
  const days = { deliveries: 402, attempts: 402, logs: 400, logs_failure: 400, receipts: 400, reconciliations: 400 };
  const retention = { ...days, inbound: 30, data: 30 };
  const find = async (what: "deliveries" | "logs" | "attempts") =>
    port.purging.findOld({ what, retention, now: await port.now(), limit: 10 });
  expect(await find("logs")).toEqual([]);
  await port.age(403 * 86_400_000);
  expect(await find("deliveries")).toEqual([{ enterprise_id: "ent_a", delivery_id: "dlv_0" }]);
  expect(await find("logs")).toEqual([{ enterprise_id: "ent_a", attempt_id: "att_dlv_0_1" }]);
  expect(await port.purging.remove("logs", await find("logs"))).toBe(1);
  const rows = [...(await find("deliveries")), { enterprise_id: "ent_a", delivery_id: "dlv_00" }];
  expect(await port.purging.remove("deliveries", rows)).toBe(1);
  expect(await statesOf(port)).toEqual({ dlv_00: "queued" });
  expect(await port.rows("logs")).toEqual([]);
});
