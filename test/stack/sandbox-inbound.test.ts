import twilio from "twilio";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO_TWILIO, DEMO_TWILIO_OPTIONS } from "../../dev/sandbox/accounts.ts";
import type { Sandbox } from "../../dev/sandbox/server.ts";
import { armFault, goodSms, newNumber, postMessage, startDemoSandbox, startReceiver, until } from "./sandbox-kit.ts";

let sandbox: Sandbox;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  receiver = await startReceiver();
  sandbox = await startDemoSandbox({
    twilio: { ...DEMO_TWILIO_OPTIONS, inboundUrl: `${receiver.url}/in#rc=5&rp=all` },
  });
});
afterAll(async () => {
  await sandbox.stop();
  await receiver.stop();
});

async function write(from: string, body: string, set: Record<string, string> = {}) {
  const text = { from, to: DEMO_TWILIO.smsFrom, body, ...set };
  const answer = await fetch(`${sandbox.url}/inbound`, { method: "POST", body: JSON.stringify(text) });
  expect(answer.status).toBe(204);
}

function textsFrom(from: string) {
  return receiver.received.filter((one) => new URLSearchParams(one.body).get("From") === from);
}

const codeOf = async (to: string) =>
  ((await (await postMessage(sandbox, goodSms(to))).json()) as { code?: number }).code;

it("posts a message from a recipient, signed so that Twilio's own check passes", async () => {
  const from = newNumber();
  await write(from, "Basta", { optOutType: "STOP" });

  const [one] = await until(() => textsFrom(from).length > 0 && textsFrom(from));
  const params = Object.fromEntries(new URLSearchParams(one?.body));
  expect(params).toMatchObject({
    AccountSid: DEMO_TWILIO.accountSid,
    MessageSid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
    From: from,
    To: DEMO_TWILIO.smsFrom,
    Body: "Basta",
    OptOutType: "STOP",
    SmsStatus: "received",
  });
  const signature = String(one?.headers["x-twilio-signature"]);
  expect(twilio.validateRequest(DEMO_TWILIO.authToken, signature, `${receiver.url}/in`, params)).toBe(true);
});

it("posts it twice with one sid by a duplicate fault", async () => {
  const from = newNumber();
  await armFault(sandbox, { provider: "twilio", operation: "callback", kind: "duplicate", match: { from }, times: 1 });
  await write(from, "Hello");

  await until(() => textsFrom(from).length === 2);
  expect(new Set(textsFrom(from).map((one) => one.body)).size).toBe(1);
});

it("refuses with 21610 after STOP and until START, from that sender to that number only", async () => {
  const [to, other] = [newNumber(), newNumber()];
  await write(to, " stop ");
  expect([await codeOf(to), await codeOf(other)]).toEqual([21610, undefined]);
  expect(sandbox.ledger().filter((entry) => entry.to === to)).toEqual([]);

  await write(to, "thanks");
  expect(await codeOf(to)).toBe(21610);
  await write(to, "START");
  expect(await codeOf(to)).toBeUndefined();
});

it("refuses a Messaging Service whose sender was told to stop as well", async () => {
  const to = newNumber();
  await write(to, "QUIT");
  const form = { To: to, MessagingServiceSid: DEMO_TWILIO.messagingServiceSid, Body: "x" };

  expect(await (await postMessage(sandbox, form)).json()).toMatchObject({ code: 21610, status: 400 });
});

it("leaves WhatsApp to the business, as Twilio does", async () => {
  const from = `whatsapp:${newNumber()}`;
  const to = `whatsapp:${DEMO_TWILIO.whatsappFrom}`;
  await write(from, "STOP", { to });

  await until(() => textsFrom(from).length > 0);
  expect((await postMessage(sandbox, { To: from, From: to, Body: "x" })).status).toBe(201);
});
