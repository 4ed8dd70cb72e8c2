import { expect, it } from "vitest";
import { call, everyRowOf, fateOf, sendOne, twilioForm, twilioJson } from "./callbacks-kit.ts";
import { deliveriesOf, query } from "./kit.ts";

it.for([
  ["a form", twilioForm],
  ["JSON", twilioJson],
] as const)("settles a delivery by a signed receipt as %s", async ([, sign]) => {
  const { quiet, ...sent } = await sendOne("sms");

  const answer = await call(quiet, await sign(sent, "delivered"));

  expect(answer.status).toBe(204);
  expect(await deliveriesOf(sent.enterprise)).toMatchObject([
    { state: "delivered", code: null, settled_at: expect.stringMatching(/^\d{4}-/) },
  ]);
});

it("leaves a delivery unsettled while its message is on its way", async () => {
  const { quiet, ...sent } = await sendOne("sms");

  await call(quiet, await twilioForm(sent, "sent"));

  expect(await deliveriesOf(sent.enterprise)).toMatchObject([{ state: "sent", settled_at: null }]);
});

it("explains in logs_failure why a message was not delivered, with the provider's code", async () => {
  const { quiet, ...sent } = await sendOne("sms");

  await call(quiet, await twilioForm(sent, "undelivered", { ErrorCode: "30005" }));

  expect(await fateOf(sent.enterprise)).toMatchObject({
    state: "undelivered",
    logs: [{ channel: "SMS" }],
    failures: [
      {
        channel: "SMS",
        gateway: "Twilio",
        code: "undelivered",
        provider_code: "30005",
        message: expect.stringMatching(/no longer in use/),
      },
    ],
  });
});

it("changes nothing by the same receipt another 45 times", async () => {
  const { quiet, ...sent } = await sendOne("sms");
  const receipt = await twilioForm(sent, "undelivered", { ErrorCode: "30005" });
  await call(quiet, receipt);
  const before = await everyRowOf(sent.enterprise);

  const repeats = await Promise.all(Array.from({ length: 45 }, () => call(quiet, receipt)));

  expect(new Set(repeats.map(({ status }) => status))).toEqual(new Set([204]));
  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});

it("makes one row of each table of 46 equal receipts at once", async () => {
  const { quiet, ...sent } = await sendOne("sms");
  const receipt = await twilioForm(sent, "undelivered", { ErrorCode: "30005" });

  await Promise.all(Array.from({ length: 46 }, () => call(quiet, receipt)));

  const rows = await everyRowOf(sent.enterprise);
  expect([rows["receipts"], rows["logs"], rows["logs_failure"]].map((found) => found?.length)).toEqual([1, 1, 1]);
});

it.for([
  [["queued", "sending", "sent", "delivered"]],
  [["delivered", "sent", "sending", "queued"]],
  [["sent", "delivered", "queued", "read"]],
] as const)("comes to the same whatever the order: %j", async ([statuses]) => {
  const { quiet, ...sent } = await sendOne("sms");

  for (const status of statuses) await call(quiet, await twilioForm(sent, status));

  const { state, logs, failures } = await fateOf(sent.enterprise);
  expect({ state, logs: logs.length, failures }).toEqual({ state: "delivered", logs: 1, failures: [] });
});

it("never takes back what a receipt has settled", async () => {
  const { quiet, ...sent } = await sendOne("sms");
  await call(quiet, await twilioForm(sent, "undelivered", { ErrorCode: "30005" }));
  const settled = await query("SELECT settled_at, code FROM deliveries WHERE delivery_id = ?", [sent.deliveryId]);

  for (const status of ["sent", "queued"]) await call(quiet, await twilioForm(sent, status));

  expect((await fateOf(sent.enterprise)).state).toBe("undelivered");
  expect(await query("SELECT settled_at, code FROM deliveries WHERE delivery_id = ?", [sent.deliveryId])).toEqual(
    settled,
  );
});

it("leaves alone what it does not know: a status of messages that come in, a request without ids", async () => {
  const { quiet, ...sent } = await sendOne("sms");
  const before = await everyRowOf(sent.enterprise);
  const noIds = await twilioForm({ ...sent, attempt: "" }, "delivered", { MessageSid: "SM1" });

  const answers = [await call(quiet, await twilioForm(sent, "received")), await call(quiet, noIds)];

  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});
