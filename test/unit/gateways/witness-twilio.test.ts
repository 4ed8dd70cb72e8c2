import twilio from "twilio";
import type { RequestClient } from "twilio";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTwilioSms } from "../../../src/gateways/twilio/twilio-sms.ts";
import { createTwilioWhatsapp } from "../../../src/gateways/twilio/twilio-whatsapp.ts";
import { aMessage } from "./support.ts";
import type { WireRequest } from "./witness-server.ts";
import { startWitness } from "./witness-server.ts";

const SID = `AC${"0123456789abcdef".repeat(2)}`;
const SERVICE = `MG${"0123456789abcdef".repeat(2)}`;

let witness: Awaited<ReturnType<typeof startWitness>>;

beforeAll(async () => {
  witness = await startWitness(201, { "content-type": "application/json" }, JSON.stringify({ sid: "SM1" }));
});
beforeEach(() => void witness.received.splice(0));
afterAll(() => witness.close());

/** Twilio's own client with its own HTTP code; only the host is ours. */
function officialClient() {
  const real = new twilio.RequestClient();
  const redirected: Pick<RequestClient, "request"> = {
    request: (options) => real.request({ ...options, uri: options.uri.replace("https://api.twilio.com", witness.url) }),
  };
  return twilio(SID, "token", { httpClient: redirected as RequestClient });
}

function account() {
  return { apiUrl: witness.url, accountSid: SID, authToken: "token", publicUrl: "https://notify.test" };
}

function decoded({ body, ...rest }: WireRequest) {
  return { ...rest, form: Object.fromEntries(new URLSearchParams(body)) };
}

/** What our adapter sent, what the official client sent, and nothing else. */
function bothRequests() {
  expect(witness.received).toHaveLength(2);
  const [ours, theirs] = witness.received.map(decoded);
  return { ours, theirs };
}

function callbackOf({ enterpriseId, attemptId }: { enterpriseId: string; attemptId: string }): string {
  return `https://notify.test/callbacks/twilio?enterprise=${enterpriseId}&attempt=${attemptId}#rc=5&rp=all&ct=2000&rt=5000`;
}

test.each([
  ["a number", { from: "+15005550006", messagingServiceSid: "" }, { from: "+15005550006" }],
  ["a Messaging Service", { from: "", messagingServiceSid: SERVICE }, { messagingServiceSid: SERVICE }],
])("a text from %s goes out as Twilio's own client sends it", async (_what, config, sender) => {
  const message = aMessage({ text: "Ñandú & co = 50 % + más 🎁" });
  const statusCallback = callbackOf(message);

  const outcome = await createTwilioSms({ ...account(), ...config }, fetch).send(message);
  await officialClient().messages.create({
    to: message.to,
    body: message.text,
    validityPeriod: 14_400,
    statusCallback,
    ...sender,
  });

  expect(outcome).toEqual({ kind: "accepted", providerId: "SM1" });
  const { ours, theirs } = bothRequests();
  expect(ours).toEqual(theirs);
});

test("a WhatsApp text goes out as Twilio's own client sends it", async () => {
  const message = aMessage();
  const statusCallback = callbackOf(message);

  await createTwilioWhatsapp({ ...account(), from: "+14155238886", contentSid: "" }, fetch).send(message);
  await officialClient().messages.create({
    to: `whatsapp:${message.to}`,
    from: "whatsapp:+14155238886",
    body: message.text,
    statusCallback,
  });

  const { ours, theirs } = bothRequests();
  expect(ours).toEqual(theirs);
});

test("a WhatsApp template goes out as Twilio's own client sends it", async () => {
  const message = aMessage();
  const statusCallback = callbackOf(message);

  await createTwilioWhatsapp({ ...account(), from: "+14155238886", contentSid: "HX1" }, fetch).send(message);
  await officialClient().messages.create({
    to: `whatsapp:${message.to}`,
    from: "whatsapp:+14155238886",
    contentSid: "HX1",
    contentVariables: JSON.stringify(message.variables),
    statusCallback,
  });

  const { ours, theirs } = bothRequests();
  expect(ours).toEqual(theirs);
});
