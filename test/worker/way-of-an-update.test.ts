import { expect, it } from "vitest";
import { network } from "./network.ts";
import { newEnterprise, post, query, untilStates, updateOf } from "./kit.ts";

it("sends one accepted update once on every subscribed channel and logs each", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);

  const { status, body } = await post(updateOf(enterprise));

  expect(status).toBe(202);
  expect(body.deliveries.map((delivery) => delivery.channel)).toEqual(["Email", "SMS", "Whatsapp"]);
  await untilStates(enterprise, ["sent"]);
  expect(network.callsTo(enterprise.phone)).toHaveLength(2);
  expect(network.callsTo(enterprise.email)).toHaveLength(1);
  const logs = await query("SELECT channel FROM logs WHERE enterprise_id = ? ORDER BY channel", [enterprise.id]);
  expect(logs).toEqual([{ channel: "Email" }, { channel: "SMS" }, { channel: "Whatsapp" }]);
});
