import { describe, expect, test } from "vitest";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import type { CallbackRequest } from "../../../src/gateways/adapter.ts";
import { createTwilioInboundReader, readTwilioWish } from "../../../src/gateways/twilio/twilio-inbound.ts";
import { utf8 } from "./support.ts";

const CONFIG = { name: "", authToken: "secret", accountSid: "AC1" };
const URL = "https://notify.test/callbacks/twilio/inbound";
const FIELDS = {
  MessageSid: "SM1",
  AccountSid: "AC1",
  From: "+34600111222",
  To: "+15005550006",
  Body: "Stop",
  NumMedia: "0",
};

const readInbound = createTwilioInboundReader([CONFIG]);

function inbound(fields: Record<string, string>, publicUrl = URL, token = CONFIG.authToken): CallbackRequest {
  return {
    publicUrl,
    headers: new Headers({ "x-twilio-signature": getExpectedTwilioSignature(token, publicUrl, fields) }),
    body: utf8(new URLSearchParams(fields).toString()),
  };
}

describe("a message that came in", () => {
  test.each([
    ["+34600111222", "twilio_sms"],
    ["whatsapp:+34600111222", "twilio_whatsapp"],
  ])("from %s belongs to %s", async (From, adapter) => {
    expect(await readInbound(inbound({ ...FIELDS, From }))).toEqual({
      kind: "inbound",
      message: { messageId: "SM1", adapter, from: "+34600111222", wish: "stop" },
    });
  });

  test.each(["rcs:+34600111222", "messenger:12345"])("from %s is none of ours", async (From) => {
    expect(await readInbound(inbound({ ...FIELDS, From }))).toEqual({ kind: "inbound", message: null });
  });

  test.each(["MessageSid", "From"])("without %s is none of ours", async (name) => {
    const fields = Object.fromEntries(Object.entries(FIELDS).filter(([key]) => key !== name));

    expect(await readInbound(inbound(fields))).toEqual({ kind: "inbound", message: null });
  });

  test("without a text asks for nothing", async () => {
    const { Body: _, ...fields } = FIELDS;

    expect(await readInbound(inbound(fields))).toMatchObject({ message: { wish: null } });
  });

  test("that Advanced Opt-Out has understood is what it says", async () => {
    expect(await readInbound(inbound({ ...FIELDS, Body: "Basta", OptOutType: "STOP" }))).toMatchObject({
      message: { wish: "stop" },
    });
  });
});

describe("the words", () => {
  test.each(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "stop", " Stop\n"])(
    "%j stops",
    (body) => {
      expect(readTwilioWish(null, body)).toBe("stop");
    },
  );

  test.each(["START", "YES", "UNSTOP", "start", "  Yes "])("%j starts", (body) => {
    expect(readTwilioWish(null, body)).toBe("start");
  });

  test.each(["", "stop it", "please stop", "STOP ALL", "unstoppable", "s t o p", "HELP", "NO", "stop.", "constructor"])(
    "%j asks for nothing",
    (body) => {
      expect(readTwilioWish(null, body)).toBeNull();
    },
  );

  test.each([
    ["STOP", "YES", "stop"],
    ["START", "Weiter", "start"],
    ["HELP", "STOP", null],
    ["", "STOP", "stop"],
  ] as const)("do not count beside OptOutType %j: %j", (optOutType, body, wish) => {
    expect(readTwilioWish(optOutType, body)).toBe(wish);
  });
});

describe("nothing is believed", () => {
  test.each([
    ["another token", inbound(FIELDS, URL, "other")],
    ["another account", inbound({ ...FIELDS, AccountSid: "AC2" })],
    ["another URL", { ...inbound(FIELDS), publicUrl: "https://notify.test/callbacks/twilio" }],
    ["another sender", { ...inbound(FIELDS), body: inbound({ ...FIELDS, From: "+34600999888" }).body }],
    ["no signature", { ...inbound(FIELDS), headers: new Headers() }],
  ])("with %s", async (_what, request) => {
    expect(await readInbound(request)).toEqual({ kind: "forged" });
  });

  test.each([{ authToken: "" }, { accountSid: "" }])("without a configured account: %j", async (missing) => {
    expect(await createTwilioInboundReader([{ ...CONFIG, ...missing }])(inbound(FIELDS))).toEqual({
      kind: "not_configured",
    });
  });
});
