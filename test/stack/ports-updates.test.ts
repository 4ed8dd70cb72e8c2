import { expect } from "vitest";
import { onEveryDatabase, useEveryDatabase } from "./ports-kit.ts";
import { anUpdate, SETTINGS, sorted } from "./ports-settings.ts";

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
  expect(sorted((await found({ status: "other", key: "k1" })).map(([id]) => id))).toEqual(["dlv_1", "dlv_2", "dlv_6"]);
  expect(await found({ status: "never", key: "k9" })).toEqual([]);
  expect(await port.updates.findOriginal("ent_c", keysOf("x"))).toEqual([]);
});

onEveryDatabase(
  "many updates are stored together or not at all, and found by their enterprise's keys",
  async (port) => {
    const [one, two] = [anUpdate("dlv_1", { key: "k1" }), anUpdate("dlv_2", { enterpriseId: "ent_b", status: "late" })];
    expect(await port.updates.insertAll([two, one])).toBe("inserted");
    const three = anUpdate("dlv_3", { status: "new" });
    expect(await port.updates.insertAll([three, anUpdate("dlv_4", { status: "other", key: "k1" })])).toBe("duplicate");
    expect(await port.updates.insertAll([three, anUpdate("dlv_5", { status: "new" })])).toBe("duplicate");
    const found = async (asked: (typeof one)[]) =>
      sorted((await port.updates.findOriginals(asked)).map((row) => `${row.enterpriseId} ${row.deliveryId}`));
    expect(await found([three])).toEqual([]);
    expect(await found([one, two, three])).toEqual(["ent_a dlv_1", "ent_b dlv_2"]);
    expect(await found([anUpdate("x", { status: "other", key: "k1" })])).toEqual(["ent_a dlv_1"]);
    const swapped = [anUpdate("x", { enterpriseId: "ent_b", key: "k1" }), anUpdate("y", { status: "late" })];
    expect(await found(swapped)).toEqual([]);
  },
);

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
  const all = await port.loadEnterprises(["ent_a", "ent_c", "ent_x"]);
  expect([...all.keys()].toSorted()).toEqual(["ent_a", "ent_c"]);
  expect(all.get("ent_a")).toEqual(enterprise);
});

/** The audit has a row of each change, so its ids are new; what was refused leaves none. */
const ENTRY = {
  auditId: "aud_1",
  keyId: "key_1",
  enterpriseId: null,
  resource: "channel",
  resourceId: "ch_1",
  action: "created",
  changes: null,
} as const;

onEveryDatabase("channels and gateways are named once, and gateways are dealt to tracks in turn", async (port) => {
  const channel = { channelId: "ch_1", channelName: "Push", channelKey: "push", kind: "other" } as const;
  expect(await port.channels.insertChannel(channel, ENTRY)).toBe("inserted");
  expect(await port.channels.insertChannel({ ...channel, channelId: "ch_2" }, ENTRY)).toBe("duplicate");
  expect(await port.channels.find("push")).toEqual(channel);
  expect(await port.channels.find("pull")).toBeNull();
  const add = (gatewayId: string, gatewayKey: string, channelId = "ch_1") =>
    port.gateways.insert(
      {
        gatewayId,
        gatewayName: gatewayKey,
        gatewayKey,
        channelId,
        adapter: "twilio_sms",
        sender: null,
        account: "",
        priority: 100,
        enabled: true,
        ownerId: "",
        credentials: null,
      },
      { ...ENTRY, auditId: `aud_${gatewayId}` },
    );
  expect(await add("gw_1", "one")).toBe("inserted");
  expect(await add("gw_2", "one")).toBe("duplicate");
  expect(await add("gw_3", "two")).toBe("inserted");
  expect(await add("gw_4", "three")).toBe("inserted");
  expect(await add("gw_5", "one", "ch_3")).toBe("no_channel");
  expect(sorted((await port.rows("gateways")).map((row) => row["track"]))).toEqual(["0", "0", "1"]);
  expect((await port.gateways.list(null)).map((row) => row.gateway_id)).toEqual(["gw_1", "gw_3", "gw_4"]);
});
