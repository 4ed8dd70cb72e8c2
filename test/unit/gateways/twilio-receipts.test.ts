import { describe, expect, test } from "vitest";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import type { CallbackRequest } from "../../../src/gateways/adapter.ts";
import { createTwilioReceiptReader } from "../../../src/gateways/twilio/twilio-receipts.ts";
import { utf8 } from "./support.ts";

const CONFIG = { name: "", authToken: "secret", accountSid: "AC1" };
const URL = "https://notify.test/callbacks/twilio?enterprise=ent%2F1&attempt=att_1";
const FIELDS = {
  MessageSid: "SM1",
  MessageStatus: "sent",
  AccountSid: "AC1",
  To: "+34600111222",
  From: "+15005550006",
};

const readReceipts = createTwilioReceiptReader([CONFIG]);

function callback(fields: Record<string, string>, publicUrl = URL, token = CONFIG.authToken): CallbackRequest {
  return {
    publicUrl,
    headers: new Headers({ "x-twilio-signature": getExpectedTwilioSignature(token, publicUrl, fields) }),
    body: utf8(new URLSearchParams(fields).toString()),
  };
}

function without(fields: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}

describe("a status callback", () => {
  test.each([
    ["accepted", "progress"],
    ["scheduled", "progress"],
    ["queued", "progress"],
    ["sending", "progress"],
    ["sent", "progress"],
    ["partially_delivered", "progress"],
    ["delivered", "delivered"],
    ["read", "delivered"],
  ])("%s is %s", async (status, kind) => {
    expect(await readReceipts(callback({ ...FIELDS, MessageStatus: status }))).toEqual({
      kind: "receipts",
      accounts: [""],
      receipts: [
        {
          enterpriseId: "ent/1",
          attemptId: "att_1",
          eventId: `SM1:${status}`,
          kind,
          providerId: "SM1",
          occurredAt: null,
          code: null,
          reason: null,
        },
      ],
    });
  });

  test.each([
    ["undelivered", "30003", "the phone is off or out of reach"],
    ["undelivered", "63016", "WhatsApp takes only templates more than 24 hours after the recipient's last message"],
    ["failed", "21610", "the recipient has opted out of messages from this sender"],
    ["failed", "39999", "Twilio error 39999, see https://www.twilio.com/docs/api/errors/39999"],
  ])("%s with code %s gives the reason in our words", async (status, code, reason) => {
    const reading = await readReceipts(callback({ ...FIELDS, MessageStatus: status, ErrorCode: code }));

    expect(reading).toMatchObject({ receipts: [{ kind: "undelivered", code, reason }] });
  });

  test.each(["undelivered", "failed", "canceled"])("%s without a code has its status for one", async (status) => {
    for (const ErrorCode of ["", "0", "none +34600111222"]) {
      const reading = await readReceipts(callback({ ...FIELDS, MessageStatus: status, ErrorCode }));
      expect(reading).toMatchObject({ receipts: [{ kind: "undelivered", code: status, reason: expect.any(String) }] });
    }
  });

  test.each(["+34600111222", "whatsapp:+34600111222"])("with code 21610 says that %s wants no messages", async (To) => {
    const reading = await readReceipts(callback({ ...FIELDS, MessageStatus: "failed", ErrorCode: "21610", To }));

    expect(reading).toMatchObject({
      receipts: [{ wish: { wish: "stopped", address: "+34600111222", kind: "phone" } }],
    });
  });

  test.each(["30003", "30005", ""])("with code %j says nothing about the address itself", async (ErrorCode) => {
    const reading = await readReceipts(callback({ ...FIELDS, MessageStatus: "failed", ErrorCode }));

    expect(reading).not.toMatchObject({ receipts: [{ wish: expect.anything() }] });
  });

  test.each(["receiving", "received", "brand_new", "constructor"])("%s says nothing about a send", async (status) => {
    const reading = await readReceipts(callback({ ...FIELDS, MessageStatus: status }));

    expect(reading).toEqual({ kind: "receipts", accounts: [""], receipts: [] });
  });

  test.each(["MessageSid", "MessageStatus"])("without %s it says nothing", async (name) => {
    expect(await readReceipts(callback(without(FIELDS, name)))).toEqual({
      kind: "receipts",
      accounts: [""],
      receipts: [],
    });
  });

  test.each(["?enterprise=e", "?attempt=a", "?enterprise=&attempt=a", ""])(
    "without our ids it says nothing: %j",
    async (query) => {
      const reading = await readReceipts(callback(FIELDS, `https://notify.test/callbacks/twilio${query}`));

      expect(reading).toEqual({ kind: "receipts", accounts: [""], receipts: [] });
    },
  );

  test("may come as JSON, signed by the hash of its body", async () => {
    const body = utf8(JSON.stringify({ ...FIELDS, NumSegments: 1 }));
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", body)).toString("hex");
    const publicUrl = `${URL}&bodySHA256=${hash}`;
    const headers = new Headers({ "x-twilio-signature": getExpectedTwilioSignature("secret", publicUrl, {}) });

    expect(await readReceipts({ publicUrl, headers, body })).toMatchObject({
      receipts: [{ attemptId: "att_1", eventId: "SM1:sent", kind: "progress" }],
    });
  });

  test("that is signed but no JSON object is malformed", async () => {
    const body = utf8("[1");
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", body)).toString("hex");
    const publicUrl = `${URL}&bodySHA256=${hash}`;
    const headers = new Headers({ "x-twilio-signature": getExpectedTwilioSignature("secret", publicUrl, {}) });

    expect(await readReceipts({ publicUrl, headers, body })).toMatchObject({ kind: "malformed" });
  });
});

describe("nothing is believed", () => {
  test.each([
    ["another token", callback(FIELDS, URL, "other")],
    ["another account", callback({ ...FIELDS, AccountSid: "AC2" })],
    ["no account", callback(without(FIELDS, "AccountSid"))],
    ["another attempt", { ...callback(FIELDS), publicUrl: URL.replace("att_1", "att_2") }],
    ["another status", { ...callback(FIELDS), body: callback({ ...FIELDS, MessageStatus: "delivered" }).body }],
    ["no signature", { ...callback(FIELDS), headers: new Headers() }],
  ])("with %s", async (_what, request) => {
    expect(await readReceipts(request)).toEqual({ kind: "forged" });
  });

  test.each([{ authToken: "" }, { accountSid: "" }])("without a configured account: %j", async (missing) => {
    const read = createTwilioReceiptReader([{ ...CONFIG, ...missing }]);

    expect(await read(callback(FIELDS))).toEqual({ kind: "not_configured" });
  });
});

describe("of several accounts", () => {
  const BACKUP = { name: "backup", authToken: "other secret", accountSid: "AC2" };
  const readAll = createTwilioReceiptReader([CONFIG, BACKUP]);

  test.each([CONFIG, BACKUP])("the one that a callback names has signed it: $name", async (account) => {
    const fields = { ...FIELDS, AccountSid: account.accountSid };

    expect(await readAll(callback(fields, URL, account.authToken))).toMatchObject({
      accounts: [account.name],
      receipts: [{ attemptId: "att_1" }],
    });
  });

  test.each([
    ["one account signs in the name of the other", callback({ ...FIELDS, AccountSid: "AC2" }, URL, "secret")],
    ["the other way round", callback(FIELDS, URL, "other secret")],
    ["an account that is not ours is named", callback({ ...FIELDS, AccountSid: "AC3" }, URL, "secret")],
  ])("nothing is believed when %s", async (_what, request) => {
    expect(await readAll(request)).toEqual({ kind: "forged" });
  });
});
