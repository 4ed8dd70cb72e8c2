import { expect } from "vitest";
import { onEveryDatabase, times, useEveryDatabase } from "./ports-kit.ts";
import { AMBIGUOUS, called, ended, nameOf, ENTERPRISE_D, NOTHING, SETTINGS, statesOf } from "./ports-settings.ts";

useEveryDatabase();

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
      deliveryId: "dlv_1",
      attemptId: "att_dlv_1_1",
      state: "unknown",
      lookNo: 0,
      steps: 0,
      isSameAddress: true,
      adapter: "twilio_sms",
      account: "second",
      sender: "+1555gw_sms_2",
      providerId: null,
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

onEveryDatabase("a look tells of proof that was written down before whoever wrote it died", async (port) => {
  await port.settle(SETTINGS);
  const told = await called(port, "dlv_told");
  const heard = await ended(port, "dlv_heard", AMBIGUOUS, { state: "unknown" }, { shipmentId: "S2" });
  await ended(port, "dlv_open", AMBIGUOUS, { state: "unknown" }, { shipmentId: "S3" });
  await port.sending.record([
    { delivery: told.delivery, attempt: { ...told.attempt, outcome: AMBIGUOUS }, step: { state: "unknown" } },
  ]);
  // A sender, and a callback, that were interrupted before the delivery moved: the claim is another one's by then.
  const late = { ...told.delivery, attemptNo: 9 };
  const accepted = { kind: "accepted", providerId: "SM1" } as const;
  await port.sending.record([
    { delivery: late, attempt: { ...told.attempt, outcome: accepted }, step: { state: "unknown" } },
  ]);
  const receipt = {
    enterpriseId: "ent_a",
    attemptId: heard,
    eventId: "e1",
    kind: "progress",
    providerId: null,
  } as const;
  await port.receipts.insert([{ ...receipt, occurredAt: null, code: null, reason: null }]);
  await port.age(times.lease + times.lookAgain + 5_000);
  const looks = await port.reconciling.findDue(10);
  expect(Object.fromEntries(looks.map((look) => [look.deliveryId, look.isProven]))).toEqual({
    dlv_told: true,
    dlv_heard: true,
    dlv_open: false,
  });
});

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
  // One that was taken under an id that could not be read may be the one that is found.
  const unread = { kind: "accepted", providerId: null } as const;
  await port.settle({ ...NOTHING, customers: [{ ...ENTERPRISE_D }] });
  await ended(port, "dlv_4", unread, { state: "sent" }, { ...same, enterpriseId: "ent_d" });
  expect(await port.reconciling.countRivals(of("dlv_1"), "phone")).toEqual(new Map([["dlv_1", 2]]));
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
