/// <reference types="node" />
import { createSign } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { CallbackRequest } from "../../../src/gateways/adapter.ts";
import { createSendgridReceiptReader } from "../../../src/gateways/sendgrid/sendgrid-receipts.ts";
import { utf8 } from "./support.ts";

const SIGNATURE = "x-twilio-email-event-webhook-signature";
const TIMESTAMP = "x-twilio-email-event-webhook-timestamp";
const SENT_AT = "1767323045";

type KeyPair = { publicKey: string; privatePem: string };

let keys: KeyPair;
let otherKeys: KeyPair;

async function generateKeys(): Promise<KeyPair> {
  const params = { name: "ECDSA", namedCurve: "P-256" };
  const pair = (await crypto.subtle.generateKey(params, true, ["sign", "verify"])) as CryptoKeyPair;
  const encode = async (format: "spki" | "pkcs8", key: CryptoKey) =>
    Buffer.from(await crypto.subtle.exportKey(format, key)).toString("base64");
  const pkcs8 = await encode("pkcs8", pair.privateKey);
  return {
    publicKey: await encode("spki", pair.publicKey),
    privatePem: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----`,
  };
}

beforeAll(async () => {
  [keys, otherKeys] = await Promise.all([generateKeys(), generateKeys()]);
});

function signed(text: string, signer: KeyPair = keys): CallbackRequest {
  const signature = createSign("sha256")
    .update(SENT_AT + text)
    .sign(signer.privatePem, "base64");
  return {
    publicUrl: "https://notify.test/callbacks/sendgrid",
    headers: new Headers({ [SIGNATURE]: signature, [TIMESTAMP]: SENT_AT }),
    body: utf8(text),
  };
}

function event(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    email: "ana@example.test",
    timestamp: 1_767_323_045,
    event: "delivered",
    sg_event_id: "evt1",
    sg_message_id: "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-1-2.0",
    enterprise_id: "ent1",
    attempt_id: "att1",
    ...changes,
  };
}

/** As SendGrid sends it: an array, and a line break that is signed too. */
function webhook(...events: unknown[]): CallbackRequest {
  return signed(`${JSON.stringify(events)}\r\n`);
}

const read = (request: CallbackRequest) =>
  createSendgridReceiptReader([{ name: "", publicKey: keys.publicKey }])(request);

describe("an event webhook", () => {
  test("is read with all that it says", async () => {
    expect(await read(webhook(event()))).toEqual({
      kind: "receipts",
      accounts: [""],
      receipts: [
        {
          enterpriseId: "ent1",
          attemptId: "att1",
          eventId: "evt1",
          kind: "delivered",
          providerId: "LRzXl_NHStOGhQ4kofSm_A",
          occurredAt: 1_767_323_045_000,
          code: null,
          reason: null,
        },
      ],
    });
  });

  test.each([9e15, 253_402_300_800, -1, 1.5, "1767323045", null])(
    "with the timestamp %j, which no database can hold, is read without it",
    async (timestamp) => {
      expect(await read(webhook(event({ timestamp })))).toMatchObject({ receipts: [{ occurredAt: null }] });
    },
  );

  test.each([
    ["processed", "progress"],
    ["deferred", "progress"],
    ["delivered", "delivered"],
    ["open", "delivered"],
    ["click", "delivered"],
    ["spamreport", "delivered"],
    ["unsubscribe", "delivered"],
    ["group_unsubscribe", "delivered"],
    ["group_resubscribe", "delivered"],
  ])("%s is %s", async (name, kind) => {
    expect(await read(webhook(event({ event: name })))).toMatchObject({ receipts: [{ kind, code: null }] });
  });

  test.each([
    [
      { event: "bounce", type: "bounce", status: "5.1.1" },
      "bounce",
      "the receiving server refused the address for good (5.1.1)",
    ],
    [
      { event: "bounce", type: "blocked", status: "4.7.1" },
      "blocked",
      "the receiving server did not take the message (4.7.1)",
    ],
    [{ event: "blocked" }, "blocked", "the receiving server did not take the message"],
    [{ event: "bounce", status: "<ana@example.test>" }, "bounce", "the receiving server refused the address for good"],
    [
      { event: "dropped", reason: "Bounced Address" },
      "dropped",
      "SendGrid no longer sends to an address that has bounced",
    ],
    [{ event: "dropped", reason: "Unsubscribed Address" }, "dropped", "the recipient has unsubscribed at SendGrid"],
    [
      { event: "dropped", reason: "Spam Reporting Address" },
      "dropped",
      "the recipient has reported mail of this sender as spam",
    ],
    [
      { event: "dropped", reason: "Spam Content (if Spam Checker app enabled)" },
      "dropped",
      "SendGrid takes the content for spam",
    ],
    [
      { event: "dropped", reason: "Recipient List over Package Quota" },
      "dropped",
      "the SendGrid account has used up its quota",
    ],
    [{ event: "dropped", reason: "Invalid" }, "dropped", "SendGrid takes the address for invalid"],
    [{ event: "dropped", reason: "ana@example.test" }, "dropped", "SendGrid dropped the message"],
  ])("%j is undelivered, in our words", async (changes, code, reason) => {
    const reading = await read(webhook(event(changes)));

    expect(reading).toMatchObject({ receipts: [{ kind: "undelivered", code, reason }] });
  });

  test("keeps only the events that are known and ours", async () => {
    const reading = await read(
      webhook(
        event({ event: "account_status_change" }),
        event({ event: "constructor" }),
        event({ event: undefined }),
        event({ enterprise_id: undefined }),
        event({ attempt_id: 7 }),
        "not an event",
        null,
        event({ sg_event_id: "evt2" }),
      ),
    );

    expect(reading).toMatchObject({ receipts: [{ eventId: "evt2" }] });
    expect(reading.kind === "receipts" && reading.receipts).toHaveLength(1);
  });

  test("an event without an id of its own gets the same one at every repeat", async () => {
    const bare = event({ sg_event_id: undefined, sg_message_id: undefined });

    expect(await read(webhook(bare))).toMatchObject({
      receipts: [{ eventId: "att1:delivered:1767323045000", providerId: null }],
    });
    expect(await read(webhook(bare))).toEqual(await read(webhook(bare)));
  });

  test.each(["{}", "[", ""])("that is signed but no array is malformed: %j", async (text) => {
    expect(await read(signed(text))).toMatchObject({ kind: "malformed" });
  });

  test("is believed whatever lengths its signature's numbers have", async () => {
    // Every second r or s has a leading zero byte in DER, every 256th is short.
    for (let round = 0; round < 300; round += 1) {
      expect(await read(webhook(event({ sg_event_id: `evt${round}` })))).toMatchObject({ kind: "receipts" });
    }
  });
});

describe("nothing is believed", () => {
  const change = (request: CallbackRequest, headers: Record<string, string | null>): CallbackRequest => {
    const changed = new Headers(request.headers);
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) changed.delete(name);
      else changed.set(name, value);
    }
    return { ...request, headers: changed };
  };

  test.each<[string, () => CallbackRequest]>([
    ["another key", () => signed("[]", otherKeys)],
    ["a changed body", () => ({ ...webhook(event()), body: webhook(event({ event: "open" })).body })],
    ["a body without its last line break", () => ({ ...signed("[]\r\n"), body: utf8("[]") })],
    ["another timestamp", () => change(signed("[]"), { [TIMESTAMP]: "1767323046" })],
    ["no timestamp", () => change(signed("[]"), { [TIMESTAMP]: null })],
    ["no signature", () => change(signed("[]"), { [SIGNATURE]: null })],
    ["a signature that is not base64", () => change(signed("[]"), { [SIGNATURE]: "%%%" })],
    ["a signature that is not DER", () => change(signed("[]"), { [SIGNATURE]: btoa("x".repeat(64)) })],
    ["a signature of zeros", () => change(signed("[]"), { [SIGNATURE]: "MAYCAQACAQA=" })],
  ])("with %s", async (_what, request) => {
    expect(await read(request())).toEqual({ kind: "forged" });
  });

  test.each(["", "not a key", "AAAA"])("without a usable key: %j", async (publicKey) => {
    expect(await createSendgridReceiptReader([{ name: "", publicKey }])(signed("[]"))).toEqual({
      kind: "not_configured",
    });
  });
});

test("takes the key with PEM lines as well", async () => {
  const publicKey = `-----BEGIN PUBLIC KEY-----\n${keys.publicKey.replaceAll(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;

  expect(await createSendgridReceiptReader([{ name: "", publicKey }])(signed("[]"))).toEqual({
    kind: "receipts",
    accounts: [""],
    receipts: [],
  });
});

test("tells which account's key it was that signed", async () => {
  const accounts = [
    { name: "", publicKey: keys.publicKey },
    { name: "none", publicKey: "" },
    { name: "backup", publicKey: otherKeys.publicKey },
  ];

  const reading = await createSendgridReceiptReader(accounts)(signed(JSON.stringify([event()]), otherKeys));

  expect(reading).toMatchObject({ accounts: ["backup"], receipts: [{ attemptId: "att1" }] });
});

describe("what an event says about the address itself", () => {
  test.each([
    [{ event: "bounce", type: "bounce" }, "bounced"],
    [{ event: "spamreport" }, "complained"],
    [{ event: "unsubscribe" }, "unsubscribed"],
    [{ event: "group_unsubscribe" }, "unsubscribed"],
    [{ event: "group_resubscribe" }, "lifted"],
    [{ event: "dropped", reason: "Bounced Address" }, "bounced"],
    [{ event: "dropped", reason: "Unsubscribed Address" }, "unsubscribed"],
    [{ event: "dropped", reason: "Spam Reporting Address" }, "complained"],
    [{ event: "dropped", reason: "Invalid" }, "invalid"],
  ])("%j: %s", async (changes, wish) => {
    expect(await read(webhook(event(changes)))).toMatchObject({
      receipts: [{ wish: { wish, address: "ana@example.test", kind: "email" } }],
    });
  });

  test.each([
    { event: "delivered" },
    { event: "deferred" },
    { event: "bounce", type: "blocked" },
    { event: "blocked" },
    { event: "dropped", reason: "Spam Content (if Spam Checker app enabled)" },
    { event: "dropped", reason: "Recipient List over Package Quota" },
    { event: "dropped", reason: "Invalid SMTPAPI header" },
    { event: "dropped" },
  ])("nothing: %j", async (changes) => {
    const reading = await read(webhook(event(changes)));

    expect(reading).toMatchObject({ receipts: [{ attemptId: "att1" }] });
    expect(reading).not.toMatchObject({ receipts: [{ wish: expect.anything() }] });
  });

  test("is said of the customer's address where the event names none", async () => {
    expect(await read(webhook(event({ event: "spamreport", email: undefined })))).toMatchObject({
      receipts: [{ wish: { wish: "complained", address: null, kind: "email" } }],
    });
  });
});
