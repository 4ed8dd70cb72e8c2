import { describe, expect, test } from "vitest";
import { createTwilioSms } from "../../../src/gateways/twilio/twilio-sms.ts";
import { createTwilioWhatsapp } from "../../../src/gateways/twilio/twilio-whatsapp.ts";
import type { SentRequest } from "./support.ts";
import { aMessage, jsonResponse, recordingFetch } from "./support.ts";

const SERVICE = `MG${"0123456789abcdef".repeat(2)}`;
const ACCOUNT = {
  apiUrl: "https://api.twilio.test",
  accountSid: "AC1",
  authToken: "tökén",
  publicUrl: "https://notify.test",
};
const SMS = { ...ACCOUNT, from: "+15005550006", messagingServiceSid: "" };
const WHATSAPP = { ...ACCOUNT, from: "+14155238886", contentSid: "" };

const accepted = () => jsonResponse(201, { sid: "SM1" });

function formOf(request: SentRequest | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request?.body));
}

describe("Twilio SMS", () => {
  test("asks for exactly one Message", async () => {
    const { fetch, sent } = recordingFetch(accepted);
    const message = aMessage({ enterpriseId: "a&b c'd", text: "Überraschung & mehr 🎁" });

    await createTwilioSms(SMS, fetch).send(message);

    expect(sent[0]?.url).toBe("https://api.twilio.test/2010-04-01/Accounts/AC1/Messages.json");
    expect(sent[0]?.headers.get("authorization")).toBe(`Basic ${Buffer.from("AC1:tökén").toString("base64")}`);
    expect(sent[0]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(formOf(sent[0])).toEqual({
      To: message.to,
      From: "+15005550006",
      Body: "Überraschung & mehr 🎁",
      ValidityPeriod: "14400",
      StatusCallback: `https://notify.test/callbacks/twilio?enterprise=a%26b+c%27d&attempt=${message.attemptId}#rc=5&rp=all&ct=2000&rt=5000`,
    });
  });

  test.each([
    ["the configured number", SMS, null, { From: "+15005550006" }],
    [
      "the configured service before the number",
      { ...SMS, messagingServiceSid: SERVICE },
      null,
      { MessagingServiceSid: SERVICE },
    ],
    [
      "the gateway's number before all",
      { ...SMS, messagingServiceSid: SERVICE },
      "+15005550009",
      { From: "+15005550009" },
    ],
    ["the gateway's name", SMS, "MGSHOP", { From: "MGSHOP" }],
    ["the gateway's service", SMS, SERVICE, { MessagingServiceSid: SERVICE }],
  ])("sends by %s", async (_what, config, sender, expected) => {
    const { fetch, sent } = recordingFetch(accepted);

    await createTwilioSms(config, fetch).send(aMessage({ sender }));

    const { From, MessagingServiceSid } = formOf(sent[0]);
    expect(JSON.parse(JSON.stringify({ From, MessagingServiceSid }))).toEqual(expected);
  });
});

describe("Twilio Whatsapp", () => {
  test("sends the text where no template is configured", async () => {
    const { fetch, sent } = recordingFetch(accepted);
    const message = aMessage();

    await createTwilioWhatsapp(WHATSAPP, fetch).send(message);

    const { StatusCallback, ...rest } = formOf(sent[0]);
    expect(rest).toEqual({ To: `whatsapp:${message.to}`, From: "whatsapp:+14155238886", Body: message.text });
    expect(StatusCallback).toContain(`attempt=${message.attemptId}#`);
  });

  test("sends the template and its variables where one is configured", async () => {
    const { fetch, sent } = recordingFetch(accepted);
    const message = aMessage({ variables: { 1: 'S"1', 2: "delivered", 3: "2026-01-02" } });

    await createTwilioWhatsapp({ ...WHATSAPP, contentSid: "HX1" }, fetch).send(message);

    const { Body, ContentSid, ContentVariables } = formOf(sent[0]);
    expect(Body).toBeUndefined();
    expect(ContentSid).toBe("HX1");
    expect(JSON.parse(ContentVariables ?? "")).toEqual({ 1: 'S"1', 2: "delivered", 3: "2026-01-02" });
  });

  test("sends the message's own template rather than the configured one", async () => {
    const { fetch, sent } = recordingFetch(accepted);
    const message = aMessage({ contentSid: "HX2", variables: { parcel: "S-1" } });

    await createTwilioWhatsapp({ ...WHATSAPP, contentSid: "HX1" }, fetch).send(message);

    const { Body, ContentSid, ContentVariables } = formOf(sent[0]);
    expect({ Body, ContentSid, ContentVariables }).toEqual({
      Body: undefined,
      ContentSid: "HX2",
      ContentVariables: '{"parcel":"S-1"}',
    });
  });

  test.each([
    ["+15005550009", { From: "whatsapp:+15005550009" }],
    ["whatsapp:+15005550009", { From: "whatsapp:+15005550009" }],
    [SERVICE, { MessagingServiceSid: SERVICE }],
  ])("sends by the gateway's sender %s", async (sender, expected) => {
    const { fetch, sent } = recordingFetch(accepted);

    await createTwilioWhatsapp(WHATSAPP, fetch).send(aMessage({ sender }));

    expect(formOf(sent[0])).toMatchObject(expected);
  });
});

describe("a missing setting", () => {
  test.each(["apiUrl", "accountSid", "authToken", "publicUrl", "from"])("%s: no call is made", async (name) => {
    const { fetch, sent } = recordingFetch(accepted);

    for (const adapter of [
      createTwilioSms({ ...SMS, [name]: "" }, fetch),
      createTwilioWhatsapp({ ...WHATSAPP, [name]: "" }, fetch),
    ]) {
      expect(await adapter.send(aMessage())).toMatchObject({ kind: "misconfigured", code: "not_configured" });
    }
    expect(sent).toHaveLength(0);
  });

  test("an API URL that is none: no call is made", async () => {
    const { fetch, sent } = recordingFetch(accepted);

    const outcome = await createTwilioSms({ ...SMS, apiUrl: "api.twilio.test" }, fetch).send(aMessage());

    expect(outcome).toMatchObject({ kind: "misconfigured", code: "not_configured" });
    expect(sent).toHaveLength(0);
  });
});
