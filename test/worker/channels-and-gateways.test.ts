import { expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { newEnterprise, post, query, unique } from "./kit.ts";
import { audited, auditOf, call, pathOf } from "./resource-kit.ts";

const addChannel = (set: Record<string, unknown> = {}) =>
  call("POST", "/v1/channels", { channel_name: unique("Channel"), kind: "sms", ...set });

const addGateway = (channelId: unknown, set: Record<string, unknown> = {}) =>
  call("POST", "/v1/gateways", {
    channel_id: channelId,
    gateway_name: unique("Gateway"),
    adapter: "twilio_sms",
    ...set,
  });

const idOf = ({ body }: Awaited<ReturnType<typeof call>>, what: "channel" | "gateway") => String(body[`${what}_id`]);

it("adds a channel, gives it another name, and removes it", async () => {
  const added = await addChannel({ kind: "other" });
  const path = pathOf("channels", idOf(added, "channel"));
  const name = unique("Channel");

  const changed = await call("PATCH", path, { channel_name: name });

  expect(added).toMatchObject({ status: 201, body: { channel_id: expect.stringMatching(/^ch_/), kind: "other" } });
  expect(added.headers.get("Location")).toBe(path);
  expect([changed.status, changed.body]).toEqual([200, { ...added.body, channel_name: name }]);
  expect((await call("GET", path)).body).toEqual(changed.body);
  expect((await call("DELETE", path)).status).toBe(204);
  for (const method of ["GET", "PATCH", "DELETE"] as const) {
    const answer = await call(method, path, method === "PATCH" ? { channel_name: name } : undefined);
    expect(problemOf(answer)).toMatchObject({ status: 404, code: "channel_not_found" });
  }
});

it("names no two channels alike, whatever the case", async () => {
  const [one, other] = [await addChannel(), await addChannel()];
  const taken = String(one.body["channel_name"]).toUpperCase();

  const answers = [
    await addChannel({ channel_name: taken }),
    await call("PATCH", pathOf("channels", idOf(other, "channel")), { channel_name: taken }),
  ];

  for (const answer of answers) expect(problemOf(answer)).toMatchObject({ status: 409, code: "channel_exists" });
});

it("keeps a channel that has gateways", async () => {
  const channel = idOf(await addChannel(), "channel");
  const gateway = idOf(await addGateway(channel), "gateway");

  expect(problemOf(await call("DELETE", pathOf("channels", channel)))).toMatchObject({ status: 409, code: "in_use" });
  expect((await call("DELETE", pathOf("gateways", gateway))).status).toBe(204);
  expect((await call("DELETE", pathOf("channels", channel))).status).toBe(204);
});

it("adds a gateway and answers it whole, with where it is", async () => {
  const name = unique("Gateway");
  const set = { gateway_name: name, sender: "+15005550010", account: "backup", priority: 7 };

  const added = await addGateway("ch_sms", set);

  const gateway = {
    gateway_id: expect.stringMatching(/^gw_/),
    channel_id: "ch_sms",
    adapter: "twilio_sms",
    enabled: true,
    enterprise_id: null,
    has_credentials: false,
    health: "well",
    ...set,
  };
  expect([added.status, added.body]).toEqual([201, gateway]);
  const path = pathOf("gateways", idOf(added, "gateway"));
  expect(added.headers.get("Location")).toBe(path);
  expect((await call("GET", path)).body).toEqual(added.body);
});

it("changes what is named of a gateway and nothing else; null takes the sender of the configuration", async () => {
  const added = await addGateway("ch_sms", { sender: "+15005550010" });
  const path = pathOf("gateways", idOf(added, "gateway"));

  const changed = await call("PATCH", path, { sender: null, enabled: false });

  expect([changed.status, changed.body]).toEqual([200, { ...added.body, sender: null, enabled: false }]);
  expect((await call("GET", path)).body).toEqual(changed.body);
});

it.for([
  ["its channel", { channel_id: "ch_email" }],
  ["its adapter", { adapter: "twilio_whatsapp" }],
  ["its account", { account: "backup" }],
] as const)("does not change %s: receipts and look-ups of what was sent go by it", async ([, change]) => {
  const added = await addGateway("ch_sms");
  const path = pathOf("gateways", idOf(added, "gateway"));

  const problem = problemOf(await call("PATCH", path, change));

  expect(problem["errors"]).toEqual([{ pointer: `/${Object.keys(change)[0]}`, message: expect.any(String) }]);
  expect((await call("GET", path)).body).toEqual(added.body);
});

it("names no two gateways of a channel alike, whatever the case", async () => {
  const [one, other] = [await addGateway("ch_sms"), await addGateway("ch_sms")];
  const taken = String(one.body["gateway_name"]).toUpperCase();

  const answers = [
    await addGateway("ch_sms", { gateway_name: taken }),
    await call("PATCH", pathOf("gateways", idOf(other, "gateway")), { gateway_name: taken }),
  ];

  for (const answer of answers) expect(problemOf(answer)).toMatchObject({ status: 409, code: "gateway_exists" });
});

it.for([
  ["a channel that there is not", { channel_id: "ch_stranger" }, 404, "channel_not_found"],
  ["an adapter that there is not", { adapter: "pigeon_post" }, 422, "unknown_adapter"],
  ["an adapter of another kind than the channel", { adapter: "sendgrid_email" }, 422, "adapter_mismatch"],
  ["an account that is not configured", { account: "spare" }, 422, "unknown_account"],
] as const)("refuses a gateway with %s", async ([, set, status, code]) => {
  const name = unique("Gateway");

  expect(problemOf(await addGateway("ch_sms", { gateway_name: name, ...set }))).toMatchObject({ status, code });

  expect(await query("SELECT * FROM gateways WHERE gateway_name = ?", [name])).toEqual([]);
});

it("keeps a gateway that is subscribed to, and removes it once nobody does", async () => {
  const { id } = await newEnterprise([]);
  const gateway = idOf(await addGateway("ch_sms"), "gateway");
  await call("POST", "/v1/subscriptions", { enterprise_id: id, channel_id: "ch_sms", gateway_id: gateway });

  const refused = await call("DELETE", pathOf("gateways", gateway));
  await call("DELETE", pathOf("subscriptions", id, "ch_sms", gateway));
  const removed = await call("DELETE", pathOf("gateways", gateway));

  expect(problemOf(refused)).toMatchObject({ status: 409, code: "in_use" });
  expect(removed.status).toBe(204);
  for (const method of ["GET", "PATCH", "DELETE"] as const) {
    const answer = await call(method, pathOf("gateways", gateway), method === "PATCH" ? { priority: 1 } : undefined);
    expect(problemOf(answer)).toMatchObject({ status: 404, code: "gateway_not_found" });
  }
});

it("leaves no subscription to a gateway that is removed at the same moment", async () => {
  const { id } = await newEnterprise([]);
  const gateways = await Promise.all(
    Array.from({ length: 4 }, async () => idOf(await addGateway("ch_sms"), "gateway")),
  );

  const answers = await Promise.all(
    gateways.flatMap((gateway) => [
      call("DELETE", pathOf("gateways", gateway)),
      call("POST", "/v1/subscriptions", { enterprise_id: id, channel_id: "ch_sms", gateway_id: gateway }),
    ]),
  );

  expect(answers.every(({ status }) => [201, 204, 404, 409].includes(status))).toBe(true);
  const dangling = await query(
    `SELECT s.gateway_id FROM subscriptions s LEFT JOIN gateways g ON g.gateway_id = s.gateway_id
      WHERE s.enterprise_id = ? AND g.gateway_id IS NULL`,
    [id],
  );
  expect(dangling).toEqual([]);
});

it("never answers a gateway's credentials, nor the key of its name", async () => {
  const added = await addGateway("ch_sms");
  const gateway = idOf(added, "gateway");
  await query("UPDATE gateways SET credentials = 'sealed-canary' WHERE gateway_id = ?", [gateway]);

  const answers = [
    await call("GET", pathOf("gateways", gateway)),
    await call("PATCH", pathOf("gateways", gateway), { priority: 3 }),
    await call("GET", "/v1/gateways?limit=200"),
  ];

  expect(JSON.stringify(answers)).not.toContain("sealed-canary");
  expect(Object.keys(answers[0]?.body ?? {})).toEqual(expect.not.arrayContaining(["credentials", "gateway_key"]));
});

it("lists the gateways that an enterprise may use: everyone's and its own", async () => {
  const [one, other] = [await newEnterprise([]), await newEnterprise([])];
  const channel = idOf(await addChannel(), "channel");
  const shared = idOf(await addGateway(channel), "gateway");
  const owned = await Promise.all([one, other].map(async () => idOf(await addGateway(channel), "gateway")));
  await query("UPDATE gateways SET owner_id = ? WHERE gateway_id = ?", [one.id, owned[0]]);
  await query("UPDATE gateways SET owner_id = ? WHERE gateway_id = ?", [other.id, owned[1]]);

  const listed = async (asked: string) => {
    const { body } = await call("GET", `/v1/gateways?channel_id=${channel}&${asked}`);
    return (body["data"] as { gateway_id: string }[]).map((row) => row.gateway_id).toSorted();
  };

  expect(await listed(`enterprise_id=${one.id}`)).toEqual([shared, owned[0]].map(String).toSorted());
  expect(await listed("limit=50")).toEqual([shared, ...owned].toSorted());
});

it("writes down who changed what, also where channel and gateway come by one request", async () => {
  const name = unique("Channel");
  const both = await post({ channel_name: name, gateway_name: "Twilio" }, {}, "/add-channel-gateway");
  const [channel, gateway] = [String(both.body["channel_id"]), String(both.body["gateway_id"])];
  await call("PATCH", pathOf("channels", channel), { channel_name: `${name}2` });
  await call("PATCH", pathOf("gateways", gateway), { priority: 5 });
  await call("DELETE", pathOf("gateways", gateway));
  await call("DELETE", pathOf("channels", channel));

  expect(await auditOf("channel", channel)).toEqual([
    audited("created", "", { fields: ["channel_name", "kind"], values: { channel_name: name, kind: "sms" } }),
    audited("changed", "", { fields: ["channel_name"], values: { channel_name: `${name}2` } }),
    audited("removed", "", null),
  ]);
  expect((await auditOf("gateway", gateway)).map(({ action, changes }) => [action, changes?.values])).toEqual([
    ["created", expect.objectContaining({ channel_id: channel, gateway_name: "Twilio", adapter: "twilio_sms" })],
    ["changed", { priority: 5 }],
    ["removed", undefined],
  ]);
});
