import { expect, it } from "vitest";
import { call, sendOne, twilioForm } from "./callbacks-kit.ts";
import { bellFor, hear, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import { network } from "./network.ts";
import { shipmentOf, timelineOf, type ReadRow } from "./reading-kit.ts";

const told = (entries: ReadRow[]) => entries.map(({ type, outcome, text }) => [type, outcome, text]);

it("tells of a message that arrived what was decided, tried, taken and heard, in order", async () => {
  const sent = await sendOne("sms");
  await call(sent.quiet, await twilioForm(sent, "delivered"));

  const shipment = await shipmentOf(sent.enterprise);
  const { deliveries, data, next, ...rest } = await timelineOf(sent.enterprise, shipment);

  expect(rest).toEqual({ enterprise_id: sent.enterprise.id, shipment_id: shipment });
  expect(deliveries).toMatchObject([{ delivery_id: sent.deliveryId, state: "delivered", attempts: 1 }]);
  expect(told(data)).toEqual([
    ["accepted", null, "The update was accepted."],
    ["attempt", "accepted", "The provider took the message."],
    ["log", null, "Logged as accepted by the provider."],
    ["receipt", "delivered", "The provider says: the message was delivered."],
    ["settled", "delivered", "It was delivered."],
  ]);
  expect(data[1]).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    type: "attempt",
    text: "The provider took the message.",
    delivery_id: sent.deliveryId,
    status: "shipped",
    channel: "SMS",
    gateway: "Twilio",
    attempt_id: sent.attempt,
    attempt_no: 1,
    outcome: "accepted",
    code: null,
    provider_code: null,
    provider_id: expect.stringMatching(/^SM/),
    source: null,
    reason: null,
  });
  expect(next).toBeNull();
});

it("tells why a message was not sent: refused by the provider on one channel, no address on another", async () => {
  const { env } = quietEnv();
  const enterprise = await newEnterprise(["sms", "email"], { email: null });
  network.answer(enterprise.phone, () => Response.json({ code: 21211, message: "no", status: 400 }, { status: 400 }));
  const update = updateOf(enterprise);
  const { body } = await postIn(env, update);
  const rows = await query<{ delivery_id: string }>("SELECT delivery_id FROM deliveries WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  await hear(env, [
    bellFor(
      enterprise,
      rows.map((row) => row.delivery_id),
    ),
  ]);

  const { deliveries, data } = await timelineOf(enterprise, String(update["shipment_id"]));

  expect(deliveries.map(({ channel, state, code, reason }) => [channel, state, code, reason])).toEqual([
    ["SMS", "failed", "rejected", "The provider does not take it for this recipient or content."],
    ["Email", "skipped", "no_address", "The enterprise has no usable address for this channel."],
  ]);
  const sms = data.filter((entry) => entry["delivery_id"] === body.deliveries[0]?.delivery_id);
  expect(told(sms)).toEqual([
    ["accepted", null, "The update was accepted."],
    ["attempt", "rejected", expect.stringContaining("not a valid phone number")],
    ["failure", null, "Not a valid phone number."],
    ["settled", "failed", "It failed: The provider does not take it for this recipient or content."],
  ]);
  expect(sms[2]).toMatchObject({ code: "rejected", provider_code: "21211", attempt_no: 1 });
  const email = data.filter((entry) => entry["channel"] === "Email");
  expect(told(email)).toEqual([
    ["accepted", null, "The update was accepted."],
    ["settled", "skipped", "It is not sent: The enterprise has no usable address for this channel."],
    ["failure", null, "The enterprise has no usable address for this channel."],
  ]);
  expect(JSON.stringify({ deliveries, data })).not.toContain(enterprise.phone);
});

it("tells each step of finding out about a lost answer, and what was found at the provider", async () => {
  const { quiet: _, ...lost } = await sendOne("sms", { answer: async () => new Response("oops", { status: 500 }) });
  const { enterprise, deliveryId, attempt } = lost;
  await query(
    `INSERT INTO reconciliations (enterprise_id, delivery_id, attempt_id, step_no, source, conclusion, message, concluded_at)
     VALUES (?, ?, ?, 1, 'look_up', 'accepted', 'The provider has the message.', UTC_TIMESTAMP(3))`,
    [enterprise.id, deliveryId, attempt],
  );
  await query(
    `INSERT INTO receipts (enterprise_id, attempt_id, event_id, kind, received_at)
     VALUES (?, ?, 'look-up:SM1:progress', 'progress', UTC_TIMESTAMP(3) + INTERVAL 1 SECOND)`,
    [enterprise.id, attempt],
  );

  const { deliveries, data } = await timelineOf(enterprise, await shipmentOf(enterprise));

  expect(deliveries).toMatchObject([{ state: "unknown", code: null, reason: null }]);
  expect(data.map(({ type, outcome, source }) => [type, outcome, source])).toEqual([
    ["accepted", null, null],
    ["attempt", "ambiguous", null],
    ["reconciliation", "accepted", "look_up"],
    ["receipt", "progress", "look_up"],
  ]);
  expect(data[1]?.["text"]).toMatch(/^Whether the provider took the message is not known: /);
  expect(data[3]?.["text"]).toBe("Found at the provider: the message is on its way.");
});
