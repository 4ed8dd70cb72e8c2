import { expect } from "vitest";
import { onEveryDatabase, times, useEveryDatabase } from "./ports-kit.ts";
import { AMBIGUOUS, anUpdate, called, claimed, ended, SETTINGS, statesOf } from "./ports-settings.ts";

useEveryDatabase();

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
  const retention = { ...days, gateway_changes: 400, inbound: 30, data: 30 };
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

onEveryDatabase("old content is blanked, from id to id, but not of what is young or under way", async (port) => {
  const data = { note: "a" };
  for (const id of ["dlv_1", "dlv_2"]) {
    await ended(port, id, { kind: "accepted", providerId: null }, { state: "sent" }, { shipmentId: id });
  }
  await port.updates.insert(anUpdate("dlv_3", { shipmentId: "S3" }));
  const read = async (after: string, limit = 10) => {
    const rows = await port.purging.readContent({ after, before: "dlv_4", days: 30, limit });
    return rows.map((row) => [row.delivery_id, Number(row.due)]);
  };
  const young = ["dlv_1", "dlv_2", "dlv_3"].map((id) => [id, 0]);
  expect(await read("dlv_0")).toEqual(young);
  await port.age(31 * 86_400_000);
  const [one, two, three] = [1, 2, 3].map((n) => ({ enterprise_id: "ent_a", delivery_id: `dlv_${n}` }));
  expect(await read("dlv_0", 1)).toEqual([["dlv_1", 1]]);
  expect(await read("dlv_1")).toEqual([
    ["dlv_2", 1],
    ["dlv_3", 0],
  ]);
  expect(await read("dlv_3")).toEqual([]);
  expect(await port.purging.remove("data", [one ?? {}, two ?? {}, three ?? {}])).toBe(2);
  expect((await port.rows("deliveries")).map((row) => row["data"])).toEqual([null, null, data]);
  expect(await port.purging.mark("first")).toBe("");
  await port.purging.moveMark("first", "dlv_1");
  await port.purging.moveMark("first", "dlv_2");
  expect([await port.purging.mark("first"), await port.purging.mark("again")]).toEqual(["dlv_2", ""]);
});
