import { expect, it } from "vitest";
import { newEnterprise, post, query, unique, until, updateOf, type TestEnterprise } from "./kit.ts";

const NO_ADDRESS = { code: "no_address", reason: "The enterprise has no usable address for this channel." };
const CHANNEL_DISABLED = { code: "channel_disabled", reason: "No gateway of this channel is enabled." };

it.for([
  ["no phone", { phone: null }, "SMS", "Email"],
  ["a phone that is no E.164 number", { phone: "0034 600" }, "SMS", "Email"],
  ["no e-mail", { email: null }, "Email", "SMS"],
  ["an e-mail that is no address", { email: "shop.example" }, "Email", "SMS"],
] as const)("delivers on the other channel beside a skip for %s", async ([, customer, skipped, delivered]) => {
  const enterprise = await newEnterprise(["sms", "email"], customer);

  const { status, body } = await post(updateOf(enterprise));

  expect(status).toBe(202);
  expect(body.deliveries.map(({ channel }) => channel)).toEqual([delivered]);
  expect(body.skipped).toEqual([{ channel: skipped, ...NO_ADDRESS }]);
});

it("delivers on the other channel beside a skip for a gateway that is disabled", async () => {
  const enterprise = await newEnterprise(["email"]);
  const { channel } = await subscribeToDisabled(enterprise);

  const { status, body } = await post(updateOf(enterprise));

  expect(status).toBe(202);
  expect(body.deliveries.map((delivery) => delivery.channel)).toEqual(["Email"]);
  expect(body.skipped).toEqual([{ channel, ...CHANNEL_DISABLED }]);
});

it("accepts an update of which every channel is skipped", async () => {
  const enterprise = await newEnterprise(["sms", "whatsapp"], { phone: null });

  const { status, body } = await post(updateOf(enterprise));

  expect(status).toBe(202);
  expect(body.deliveries).toEqual([]);
  expect(body.skipped.map(({ channel }) => channel)).toEqual(["SMS", "Whatsapp"]);
});

it("explains each skip in logs_failure within seconds, beside a delivery in logs", async () => {
  const enterprise = await newEnterprise(["sms", "email"], { phone: null });
  const { channel } = await subscribeToDisabled(enterprise);
  const update = updateOf(enterprise);

  await post(update);

  const rows = await until(async () => {
    const found = await query("SELECT * FROM logs_failure WHERE enterprise_id = ? ORDER BY code", [enterprise.id]);
    return found.length === 2 && found;
  }, "two rows in logs_failure");
  const shared = { shipment_id: update["shipment_id"], status: update["status"], gateway: "" };
  expect(rows).toMatchObject([
    { ...shared, channel, code: CHANNEL_DISABLED.code, message: CHANNEL_DISABLED.reason },
    { ...shared, channel: "SMS", code: NO_ADDRESS.code, message: NO_ADDRESS.reason },
  ]);
  await until(async () => {
    const logs = await query("SELECT channel FROM logs WHERE enterprise_id = ?", [enterprise.id]);
    return logs.length === 1 && logs[0]?.["channel"] === "Email";
  }, "the e-mail in logs");
});

/** A channel of its own, whose only gateway is then disabled. */
async function subscribeToDisabled(enterprise: TestEnterprise): Promise<{ channel: string }> {
  const channel = unique("Channel");
  const gateway = { gateway_name: unique("Gateway"), adapter: "twilio_sms", sender: "+15005550009" };
  const { body } = await post({ channel_name: channel, ...gateway }, {}, "/add-channel-gateway");
  await query("UPDATE gateways SET enabled = FALSE WHERE gateway_id = ?", [body["gateway_id"]]);
  await query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, ?, ?)", [
    enterprise.id,
    body["channel_id"],
    body["gateway_id"],
  ]);
  return { channel };
}
