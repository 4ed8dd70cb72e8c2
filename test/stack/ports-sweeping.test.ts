import { expect } from "vitest";
import { endOfHold } from "../../src/domain/reconciliation.ts";
import { LANES } from "../../src/domain/lane.ts";
import { onEveryDatabase, times, useEveryDatabase } from "./ports-kit.ts";
import { AMBIGUOUS, anUpdate, called, ended, nameOf, SETTINGS, sorted, statesOf } from "./ports-settings.ts";

useEveryDatabase();

const upTo = (limit: number) => LANES.map((lane) => ({ lane, limit }));

onEveryDatabase(
  "what is due and silent is found, oldest first and bounded by lane, and rung for ever less often",
  async (port) => {
    await port.updates.insert(anUpdate("dlv_1"));
    await port.age(times.silentAfter + 5_000);
    await port.updates.insert(anUpdate("dlv_2", { shipmentId: "S2" }));
    await port.updates.insert(anUpdate("dlv_3", { shipmentId: "S3", channelId: "ch_mail" }));
    expect((await port.sweeping.findSilent(upTo(5))).map((row) => row.deliveryId)).toEqual(["dlv_1"]);
    await port.age(times.silentAfter + 5_000);
    expect((await port.sweeping.findSilent(upTo(1))).map((row) => [row.deliveryId, row.lane])).toEqual([
      ["dlv_1", "sms"],
      ["dlv_3", "email"],
    ]);
    expect(await port.sweeping.findSilent([{ lane: "email", limit: 5 }])).toMatchObject([{ deliveryId: "dlv_3" }]);
    const silent = await port.sweeping.findSilent(upTo(5));
    await port.sweeping.moveRingOn(silent);
    await port.sweeping.moveRingOn(silent);
    expect(await port.sweeping.findSilent(upTo(5))).toEqual([]);
    for (let again = 0; again < 7; again++) {
      await port.age(times.ringAgainLongest);
      await port.sweeping.moveRingOn(await port.sweeping.findSilent(upTo(5)));
    }
    expect((await port.rows("deliveries")).map((row) => row["ringNo"])).toEqual([8, 8, 8]);
  },
);

onEveryDatabase(
  "what was rung for counts as unheard until it was claimed, or told to wait for a sibling",
  async (port) => {
    const [claimed, sibling, silent] = ["dlv_1", "dlv_2", "dlv_3"];
    await port.updates.insert(anUpdate(claimed));
    await port.updates.insert(anUpdate(sibling, { shipmentId: "S2" }));
    await port.updates.insert(anUpdate(silent, { shipmentId: "S3" }));
    await port.updates.insert(anUpdate("dlv_4", { shipmentId: "S2", minute: 1 }));
    const names = [claimed, sibling, silent].map((deliveryId) => nameOf(deliveryId));
    await port.sending.claim([nameOf("dlv_4")], "lse_4");
    expect(await port.sweeping.findUnheard(names)).toEqual([]);
    await port.age(times.silentAfter + 5_000);
    await port.sweeping.moveRingOn(await port.sweeping.findSilent(upTo(5)));
    expect(sorted(await port.sweeping.findUnheard(names))).toEqual([claimed, sibling, silent]);
    await port.sending.claim([nameOf(claimed), nameOf(sibling)], "lse_1");
    expect(await port.sweeping.findUnheard(names)).toEqual([silent]);
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
  expect(sorted(holds.map(({ deliveryId, policy }) => [deliveryId, policy]))).toEqual([
    "dlv_ent_a,hold",
    "dlv_ent_b,resend",
    "dlv_ent_c,drop",
    "dlv_proven,hold",
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
