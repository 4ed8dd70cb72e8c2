import { expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { newEnterprise, post, query, unique, untilStates, updateOf } from "./kit.ts";
import { network } from "./network.ts";

const ADAPTERS = ["twilio_sms", "twilio_whatsapp", "sendgrid_email", "resend_email"];

function add(gateway: Record<string, unknown>) {
  return post(gateway, {}, "/add-channel-gateway");
}

it("matches the names of channels and gateways without regard to case", async () => {
  expect(problemOf(await add({ channel_name: "sMs", gateway_name: "TWILIO" }))).toMatchObject({
    status: 409,
    code: "gateway_exists",
  });
});

it("knows the adapter of the original's gateways by their names, in any case", async () => {
  const { status, body } = await add({ channel_name: unique("Channel"), gateway_name: "sendgrid" });

  expect({ status, adapter: body["adapter"], kind: body["kind"] }).toEqual({
    status: 201,
    adapter: "sendgrid_email",
    kind: "email",
  });
});

it.for([
  ["a gateway of another name that names no adapter", undefined],
  ["an adapter that there is not", "pigeon_post"],
] as const)("refuses %s, and lists the adapters", async ([, adapter]) => {
  const channel = unique("Channel");
  const named = adapter === undefined ? {} : { adapter };

  const answer = await add({ channel_name: channel, gateway_name: unique("Gateway"), ...named });

  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status: 422, code: "unknown_adapter" });
  expect(problem["adapters"]).toEqual(ADAPTERS);
  expect(problem["errors"]).toEqual([{ pointer: "/adapter", message: expect.any(String) }]);
  expect(problem["detail"]).toEqual(expect.stringContaining(ADAPTERS.join(", ")));
  expect(await query("SELECT * FROM channels WHERE channel_name = ?", [channel])).toEqual([]);
});

it("puts a gateway on a channel that exists, under the channel's own name", async () => {
  const { status, body } = await add({ channel_name: "sms", gateway_name: unique("Gateway"), adapter: "twilio_sms" });

  expect(status).toBe(201);
  expect(body).toMatchObject({ channel_id: "ch_sms", channel_name: "SMS", kind: "sms" });
});

it("makes a channel that there is not, of the kind that is asked for", async () => {
  const channel = unique("Channel");
  const gateway = { gateway_name: unique("Gateway"), adapter: "twilio_sms", sender: "+15005550010", priority: 7 };

  const { status, body } = await add({ channel_name: channel, kind: "other", ...gateway });

  expect(status).toBe(201);
  expect(await query("SELECT * FROM channels WHERE channel_id = ?", [body["channel_id"]])).toMatchObject([
    { channel_name: channel, kind: "other" },
  ]);
  expect(await query("SELECT * FROM gateways WHERE gateway_id = ?", [body["gateway_id"]])).toMatchObject([
    { ...gateway, channel_id: body["channel_id"], enabled: 1 },
  ]);
});

it.for([
  ["another kind than the channel has", { kind: "email", adapter: "twilio_sms" }, "/kind"],
  ["an adapter that does not carry the channel's kind", { adapter: "sendgrid_email" }, "/adapter"],
] as const)("refuses %s", async ([, gateway, pointer]) => {
  const name = unique("Gateway");

  const answer = await add({ channel_name: "SMS", gateway_name: name, ...gateway });

  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status: 422, code: "adapter_mismatch" });
  expect(problem["errors"]).toEqual([{ pointer, message: expect.any(String) }]);
  expect(await query("SELECT * FROM gateways WHERE gateway_name = ?", [name])).toEqual([]);
});

it("makes no channel whose kind its first adapter does not carry", async () => {
  const channel = unique("Channel");

  const answer = await add({ channel_name: channel, gateway_name: "Twilio", kind: "email" });

  expect(problemOf(answer)).toMatchObject({ status: 422, code: "adapter_mismatch" });
  expect(await query("SELECT * FROM channels WHERE channel_name = ?", [channel])).toEqual([]);
});

it("sends from the gateway's own sender", async () => {
  const sender = "+15005550011";
  const { body } = await add({ channel_name: "SMS", gateway_name: unique("Gateway"), adapter: "twilio_sms", sender });
  const enterprise = await newEnterprise([]);
  await query(
    "INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, 'ch_sms', ?, TRUE)",
    [enterprise.id, body["gateway_id"]],
  );

  const { body: accepted } = await post(updateOf(enterprise));

  expect(accepted.deliveries.map(({ gateway }) => gateway)).toEqual([body["gateway_name"]]);
  await untilStates(enterprise, ["sent"]);
  expect(network.callsTo(enterprise.phone).map(({ from }) => from)).toEqual([sender]);
});

it("sends on a channel that was added, like on the original ones", async () => {
  const { body } = await add({
    channel_name: unique("Channel"),
    gateway_name: unique("Gateway"),
    adapter: "sendgrid_email",
    kind: "other",
    sender: "Shop <second@shop.example>",
  });
  const enterprise = await newEnterprise([]);
  await query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, ?, ?, TRUE)", [
    enterprise.id,
    body["channel_id"],
    body["gateway_id"],
  ]);

  await post(updateOf(enterprise));

  await untilStates(enterprise, ["sent"]);
  expect(network.callsTo(enterprise.email).map(({ from }) => from)).toEqual(["second@shop.example"]);
});

it.for([
  ["a channel that exists", "SMS"],
  ["a channel that each of them has to make", null],
] as const)("adds a gateway once when eight ask at the same time, to %s", async ([, existing]) => {
  const gateway = {
    channel_name: existing ?? unique("Channel"),
    gateway_name: unique("Gateway"),
    adapter: "twilio_sms",
  };

  const answers = await Promise.all(Array.from({ length: 8 }, () => add(gateway)));

  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    201, 409, 409, 409, 409, 409, 409, 409,
  ]);
  expect(await query("SELECT * FROM gateways WHERE gateway_name = ?", [gateway.gateway_name])).toHaveLength(1);
  expect(await query("SELECT * FROM channels WHERE channel_name = ?", [gateway.channel_name])).toHaveLength(1);
});
