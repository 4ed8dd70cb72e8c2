import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { DEMO_TWILIO } from "../../dev/sandbox/accounts.ts";
import type { Sandbox } from "../../dev/sandbox/server.ts";
import type { OutboundMessage } from "../../src/domain/outbound-message.ts";
import { createTwilioSms } from "../../src/gateways/twilio/twilio-sms.ts";
import { createTwilioWhatsapp } from "../../src/gateways/twilio/twilio-whatsapp.ts";
import {
  armFault,
  demoBasic,
  goodSms,
  messagesUrl,
  newNumber,
  postMessage,
  startDemoSandbox,
  until,
} from "./sandbox-kit.ts";

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startDemoSandbox();
});
beforeEach(async () => void (await fetch(`${sandbox.url}/faults`, { method: "DELETE" })));
afterAll(() => sandbox.stop());

function account() {
  const { accountSid, authToken } = DEMO_TWILIO;
  return { apiUrl: sandbox.twilioUrl, accountSid, authToken, publicUrl: "http://127.0.0.1:1", callTimeoutMs: 2_000 };
}

function sms(messagingServiceSid = "") {
  return createTwilioSms({ ...account(), from: DEMO_TWILIO.smsFrom, messagingServiceSid }, fetch);
}

function whatsapp() {
  const { whatsappFrom, orderStatusContentSid } = DEMO_TWILIO;
  return createTwilioWhatsapp({ ...account(), from: whatsappFrom, contentSid: orderStatusContentSid }, fetch);
}

function aMessage(to = newNumber()): OutboundMessage {
  const shipmentId = `S-${crypto.randomUUID()}`;
  return {
    enterpriseId: "ent",
    attemptId: `att_${crypto.randomUUID().replaceAll("-", "")}`,
    to,
    sender: null,
    subject: "",
    text: `Shipment ID ${shipmentId} is sent. Updated on 2026-01-02`,
    html: "",
    contentSid: null,
    variables: { 1: shipmentId, 2: "sent", 3: "2026-01-02" },
  };
}

const adapters = [
  ["a number's text", () => sms()],
  ["a Messaging Service's text", () => sms(DEMO_TWILIO.messagingServiceSid)],
  ["a WhatsApp template", () => whatsapp()],
] as const;

it.each(adapters)("%s whose answer was lost is found by what it looks like", async (_what, adapter) => {
  const message = aMessage();
  await adapter().send(aMessage(message.to));
  await armFault(sandbox, { provider: "twilio", operation: "send", kind: "accept_then_drop", times: 1 });
  const startedAt = Date.now();
  expect(await adapter().send(message)).toMatchObject({ kind: "ambiguous" });

  const answer = await adapter().lookUp?.({ message, startedAt, providerId: null });

  const taken = sandbox.ledger().find((entry) => entry.attempt === message.attemptId);
  expect(answer).toMatchObject({ kind: "found", messages: [{ providerId: taken?.id }] });
});

it.each(adapters)("%s that never went out is found nowhere", async (_what, adapter) => {
  const message = aMessage();
  await adapter().send(aMessage(message.to));
  await armFault(sandbox, { provider: "twilio", operation: "send", kind: "reset", times: 1 });
  const startedAt = Date.now();
  expect(await adapter().send(message)).toMatchObject({ kind: "ambiguous" });

  expect(await adapter().lookUp?.({ message, startedAt, providerId: null })).toEqual({ kind: "found", messages: [] });
});

it("a message is not found while Twilio does not show it yet, and found afterwards", async () => {
  const message = aMessage();
  const question = { message, startedAt: Date.now(), providerId: null };
  await armFault(sandbox, { provider: "twilio", kind: "lookup_lag", delayMs: 60_000 });
  const sent = await sms().send(message);
  const providerId = sent.kind === "accepted" ? sent.providerId : null;

  expect(await sms().lookUp?.(question)).toEqual({ kind: "found", messages: [] });
  expect(await sms().lookUp?.({ ...question, providerId })).toEqual({ kind: "found", messages: [] });

  await fetch(`${sandbox.url}/faults`, { method: "DELETE" });
  expect(await sms().lookUp?.(question)).toMatchObject({ messages: [{ providerId }] });
  expect(await sms().lookUp?.({ ...question, providerId })).toMatchObject({ messages: [{ providerId }] });
});

it("a message's end is told by its sid", async () => {
  const message = aMessage("+15005553005");
  const sent = await sms().send(message);
  const providerId = sent.kind === "accepted" ? sent.providerId : null;

  const found = await until(async () => {
    const answer = await sms().lookUp?.({ message, startedAt: Date.now(), providerId });
    return answer?.kind === "found" && answer.messages[0]?.kind === "undelivered" && answer.messages;
  });

  expect(found).toEqual([{ providerId, kind: "undelivered", code: "30005", reason: expect.any(String) }]);
});

it("a message is found behind a page of later ones", async () => {
  const message = aMessage();
  const startedAt = Date.now();
  const sent = await sms().send(message);
  const providerId = sent.kind === "accepted" ? sent.providerId : null;
  for (let n = 0; n < 101; n += 1) await postMessage(sandbox, goodSms(message.to));
  const first = await fetch(
    `${messagesUrl(sandbox)}.json?${new URLSearchParams({ To: message.to, PageSize: "100" })}`,
    {
      headers: { authorization: demoBasic() },
    },
  );
  expect(JSON.stringify(await first.json())).not.toContain(providerId);

  expect(await sms().lookUp?.({ message, startedAt, providerId: null })).toMatchObject({ messages: [{ providerId }] });
});

it.each([
  ["an error", { kind: "status", status: 500 }, "20500"],
  ["no answer", { kind: "hang" }, "timeout"],
  ["a cut answer", { kind: "garbage", garbage: "cut" }, "unreadable"],
  ["an endless answer", { kind: "garbage", garbage: "huge" }, "unreadable"],
])("%s proves nothing", async (_what, fault, code) => {
  await armFault(sandbox, { provider: "twilio", operation: "list", ...fault });

  expect(await sms().lookUp?.({ message: aMessage(), startedAt: Date.now(), providerId: null })).toMatchObject({
    kind: "unanswered",
    code,
  });
});
