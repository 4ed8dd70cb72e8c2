import { afterAll, beforeAll, expect, test } from "vitest";
import { startProvider, type Provider } from "../../bench/provider/provider.ts";
import type { RoundCounts, TakenMessage } from "../../bench/provider/taken-rounds.ts";
import type { Adapter } from "../../src/gateways/adapter.ts";
import { createResendEmail } from "../../src/gateways/resend/resend-email.ts";
import { createSendgridEmail } from "../../src/gateways/sendgrid/sendgrid-email.ts";
import { createTwilioSms } from "../../src/gateways/twilio/twilio-sms.ts";
import { createTwilioWhatsapp } from "../../src/gateways/twilio/twilio-whatsapp.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({ latencyMs: 0 });
});
afterAll(() => provider.stop());

const ADAPTERS: Record<string, () => Adapter> = {
  sms: () => createTwilioSms({ ...twilio(), from: "+15005550006", messagingServiceSid: "" }, fetch),
  "whatsapp by a template": () => createTwilioWhatsapp({ ...twilio(), from: "+14155238886", contentSid: "HX1" }, fetch),
  "whatsapp as text": () => createTwilioWhatsapp({ ...twilio(), from: "+14155238886", contentSid: "" }, fetch),
  "email by SendGrid": () => createSendgridEmail({ apiUrl: provider.sendgridUrl, ...mail("SG.1") }, fetch),
  "email by Resend": () => createResendEmail({ apiUrl: provider.resendUrl, ...mail("re_1") }, fetch),
};

const twilio = () => ({
  apiUrl: provider.twilioUrl,
  accountSid: "AC1",
  authToken: "token",
  publicUrl: "https://notify.test",
});
const mail = (apiKey: string) => ({ apiKey, fromEmail: "orders@shop.example", fromName: "" });

test.each(Object.entries(ADAPTERS))("takes %s, and tells a repeat from a first one", async (name, adapter) => {
  const round = name.replaceAll(" ", "");
  const send = (number: number) => adapter().send(message(`${round}-${number}`));
  const outcomes = [await send(1), await send(2), await send(2)];
  expect(outcomes).toEqual(
    Array(3).fill(expect.objectContaining({ kind: "accepted", providerId: expect.any(String) })),
  );
  expect(await control<RoundCounts>(`/rounds/${round}`)).toMatchObject({ taken: 3, twice: 1 });
});

test("says when each message of a round came, and nothing of others", async () => {
  const before = Date.now() - 1;
  const sms = ADAPTERS["sms"]?.();
  await sms?.send(message("mine-1"));
  await sms?.send(message("other-1"));
  const [first, ...others] = await control<TakenMessage[]>("/rounds/mine/messages");
  expect(first).toMatchObject({ shipment: "mine-1", channel: "sms" });
  expect(first?.at).toBeGreaterThan(before);
  expect(first?.at).toBeLessThan(Date.now() + 1);
  expect(others).toEqual([]);
});

test("answers after the latency that it is told", async () => {
  await control("/latency/40");
  const began = performance.now();
  await ADAPTERS["sms"]?.().send(message("late-1"));
  // A timer may fire a millisecond early.
  expect(performance.now() - began).toBeGreaterThan(38);
});

function message(shipment: string) {
  const text = `Shipment ID ${shipment} is shipped. Updated on 2026-11-23 08:00:05`;
  return {
    enterpriseId: "demo",
    attemptId: `att_${shipment}`,
    to: "+34600111222",
    sender: null,
    subject: `[Order Status Update] ${text}`,
    text,
    html: `<p>${text}</p>`,
    contentSid: null,
    variables: { 1: shipment, 2: "shipped", 3: "2026-11-23 08:00:05" },
  };
}

async function control<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`${provider.controlUrl}${path}`)).json()) as Answer;
}
