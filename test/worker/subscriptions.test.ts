import { expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { bellFor, hear, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";
import { network } from "./network.ts";
import { audited, auditOf, call, pathOf } from "./resource-kit.ts";

const SMS = { channel_id: "ch_sms", gateway_id: "gw_twilio" };

const add = (subscription: Record<string, unknown>) => call("POST", "/v1/subscriptions", subscription);
const smsOf = (enterpriseId: string) => pathOf("subscriptions", enterpriseId, SMS.channel_id, SMS.gateway_id);

it("subscribes an enterprise, and keeps the statuses that it wants in lower case, each once", async () => {
  const { id } = await newEnterprise([]);

  const { status, headers, body } = await add({ enterprise_id: id, ...SMS, statuses: ["Shipped", "SHIPPED", "lost"] });

  const subscription = { enterprise_id: id, ...SMS, enabled: true, statuses: ["shipped", "lost"] };
  expect({ status, body }).toEqual({ status: 201, body: subscription });
  expect(headers.get("Location")).toBe(smsOf(id));
  expect(await call("GET", smsOf(id))).toMatchObject({ status: 200, body: subscription });
});

it("subscribes an enterprise once when eight ask at the same time", async () => {
  const { id } = await newEnterprise([]);

  const answers = await Promise.all(Array.from({ length: 8 }, () => add({ enterprise_id: id, ...SMS })));

  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    201, 409, 409, 409, 409, 409, 409, 409,
  ]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: "subscription_exists" });
});

it.for([
  ["an enterprise that there is not", { enterprise_id: "stranger" }, "enterprise_not_found"],
  ["a gateway that there is not", { gateway_id: "gw_stranger" }, "gateway_not_found"],
  ["a gateway of another channel", { gateway_id: "gw_sendgrid" }, "gateway_not_found"],
] as const)("refuses %s, and writes nothing", async ([, set, code]) => {
  const { id } = await newEnterprise([]);
  const asked = { enterprise_id: id, ...SMS, ...set };

  expect(problemOf(await add(asked))).toMatchObject({ status: 404, code });

  expect(await query("SELECT * FROM subscriptions WHERE enterprise_id = ?", [id])).toEqual([]);
  expect(await auditOf("subscription", [asked.enterprise_id, asked.channel_id, asked.gateway_id].join("/"))).toEqual(
    [],
  );
});

it("does not subscribe an enterprise to a gateway that is another's own", async () => {
  const [{ id }, owner] = [await newEnterprise([]), await newEnterprise([])];
  const gatewayId = unique("gw").slice(0, 40);
  await query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, owner_id)
     VALUES (?, ?, ?, 'ch_sms', 'twilio_sms', ?)`,
    [gatewayId, gatewayId, gatewayId, owner.id],
  );
  const asked = { channel_id: "ch_sms", gateway_id: gatewayId };

  expect(await add({ enterprise_id: id, ...asked })).toMatchObject({
    status: 404,
    body: { code: "gateway_not_found" },
  });
  expect(await add({ enterprise_id: owner.id, ...asked })).toMatchObject({ status: 201 });
});

it("changes what is named and nothing else; null wants all statuses", async () => {
  const { id } = await newEnterprise([]);
  await add({ enterprise_id: id, ...SMS, statuses: ["shipped"] });

  const disabled = await call("PATCH", smsOf(id), { enabled: false });
  const all = await call("PATCH", smsOf(id), { statuses: null });

  expect([disabled, all].map(({ status, body }) => [status, body["enabled"], body["statuses"]])).toEqual([
    [200, false, ["shipped"]],
    [200, false, null],
  ]);
});

it("removes a subscription, and answers 404 from then on", async () => {
  const { id } = await newEnterprise(["sms"]);

  expect((await call("DELETE", smsOf(id))).status).toBe(204);

  for (const method of ["GET", "PATCH", "DELETE"] as const) {
    const answer = await call(method, smsOf(id), method === "PATCH" ? { enabled: true } : undefined);
    expect(problemOf(answer)).toMatchObject({ status: 404, code: "subscription_not_found" });
  }
});

it("writes down who changed what", async () => {
  const { id } = await newEnterprise([]);
  await add({ enterprise_id: id, ...SMS });
  await call("PATCH", smsOf(id), { statuses: ["Shipped"] });
  await call("DELETE", smsOf(id));

  expect(await auditOf("subscription", `${id}/ch_sms/gw_twilio`)).toEqual([
    audited("created", id, { fields: ["enabled", "statuses"], values: { enabled: true, statuses: null } }),
    audited("changed", id, { fields: ["statuses"], values: { statuses: ["shipped"] } }),
    audited("removed", id, null),
  ]);
});

it.for([
  ["none", []],
  ["more than fifty", Array.from({ length: 51 }, (_, index) => `s${index}`)],
  ["one that is no text", [7]],
  ["one that is empty", [""]],
  ["a text in place of a list", "shipped"],
] as const)("refuses statuses that are %s", async ([, statuses]) => {
  const { id } = await newEnterprise(["sms"]);

  const problem = problemOf(await call("PATCH", smsOf(id), { statuses }));

  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
  expect((problem["errors"] as { pointer: string }[])[0]?.pointer).toMatch(/^\/statuses/);
});

it("is told of the statuses that it wants alone, by what is true when they are accepted and when they are sent", async () => {
  const enterprise = await newEnterprise(["sms", "email"]);
  const path = pathOf("subscriptions", enterprise.id, "ch_sms", "gw_twilio");
  await call("PATCH", path, { statuses: ["Shipped"] });
  const { env: quiet } = quietEnv();

  const lost = await postIn(quiet, updateOf(enterprise, { status: "lost" }));
  const shipped = await postIn(quiet, updateOf(enterprise, { status: "SHIPPED" }));
  await call("PATCH", path, { statuses: ["lost"] });
  await hear(quiet, [
    bellFor(
      enterprise,
      shipped.body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  ]);

  expect(lost.body).toMatchObject({
    deliveries: [{ channel: "Email" }],
    skipped: [{ channel: "SMS", code: "status_not_wanted" }],
  });
  expect(shipped.body.deliveries.map(({ channel }) => channel)).toEqual(["Email", "SMS"]);
  expect(network.callsTo(enterprise.phone)).toEqual([]);
  expect(
    await query(
      "SELECT code FROM deliveries WHERE enterprise_id = ? AND channel_id = 'ch_sms' AND status = 'SHIPPED'",
      [enterprise.id],
    ),
  ).toEqual([{ code: "status_not_wanted" }]);
});

it("pages through the subscriptions of an enterprise, by channel and gateway", async () => {
  const { id } = await newEnterprise(["sms", "email", "whatsapp"]);

  const first = await call("GET", `/v1/subscriptions?enterprise_id=${id}&limit=2`);
  const second = await call(
    "GET",
    `/v1/subscriptions?enterprise_id=${id}&limit=2&cursor=${String(first.body["next"])}`,
  );

  const channels = ({ body }: typeof first) => (body["data"] as { channel_id: string }[]).map((row) => row.channel_id);
  expect([channels(first), channels(second), second.body["next"]]).toEqual([
    ["ch_email", "ch_sms"],
    ["ch_whatsapp"],
    null,
  ]);
});

it("lists nobody's subscriptions without saying whose", async () => {
  expect(problemOf(await call("GET", "/v1/subscriptions"))).toMatchObject({
    status: 400,
    errors: [{ parameter: "enterprise_id", message: "is required" }],
  });
});
