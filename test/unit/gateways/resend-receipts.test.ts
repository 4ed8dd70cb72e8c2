/// <reference types="node" />
import { createHmac } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import type { CallbackRequest } from "../../../src/gateways/adapter.ts";
import { createResendReceiptReader } from "../../../src/gateways/resend/resend-receipts.ts";
import { toTags } from "../../../src/gateways/resend/resend-tags.ts";
import { importSvixKey, isSignedBySvix } from "../../../src/gateways/resend/svix-signature.ts";
import { utf8 } from "./support.ts";

const SECRET = `whsec_${Buffer.from("the first account's key").toString("base64")}`;
const OTHER_SECRET = `whsec_${Buffer.from("the other account's key").toString("base64")}`;

function sign(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

const OWNER = { enterpriseId: "ent/1 é", attemptId: "att_1" };
const TAGS = Object.fromEntries(toTags(OWNER).map(({ name, value }) => [name, value]));

function anEvent(type: string, data: Record<string, unknown> = {}) {
  const created_at = "2026-11-22T23:41:12.126Z";
  return { type, created_at, data: { email_id: "56761188", to: ["ana@customer.example"], tags: TAGS, ...data } };
}

type Set = { id?: string; ageS?: number; secret?: string; signature?: string };

function webhook(event: unknown, { id = "msg_1", ageS = 0, secret = SECRET, signature }: Set = {}): CallbackRequest {
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const timestamp = String(Math.floor(Date.now() / 1000) - ageS);
  return {
    publicUrl: "https://notify.test/callbacks/resend",
    headers: new Headers({
      "svix-id": id,
      "svix-timestamp": timestamp,
      "svix-signature": signature ?? sign(secret, id, timestamp, body),
    }),
    body: utf8(body),
  };
}

const read = createResendReceiptReader([{ name: "", secret: SECRET }]);

describe("a signature of Svix", () => {
  /** https://docs.svix.com/receiving/verifying-payloads/how-manual; the same in the Standard Webhooks specification. */
  const VECTOR = {
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    time: 1_614_265_330_000,
    headers: {
      "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "svix-timestamp": "1614265330",
      "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    body: '{"test": 2432232314}',
  };

  async function holds(changes: Record<string, string> = {}, body = VECTOR.body, ageMs = 0): Promise<boolean> {
    const key = await importSvixKey(VECTOR.secret);
    if (key === null) throw new Error("This is a key.");
    const headers = new Headers({ ...VECTOR.headers, ...changes });
    return isSignedBySvix({ publicUrl: "https://notify.test", headers, body: utf8(body) }, key, VECTOR.time + ageMs);
  }

  test("holds for the published vector", async () => {
    expect(await holds()).toBe(true);
  });

  test("is one of several, while keys are changed", async () => {
    const { "svix-signature": good } = VECTOR.headers;
    for (const several of [`v1,AAAA ${good}`, `${good} v1,AAAA`, `v1a,AAAA v2,BBBB v1,%% ${good}`]) {
      expect(await holds({ "svix-signature": several })).toBe(true);
    }
  });

  test.each([
    [{ "svix-id": "msg_other" }],
    [{ "svix-timestamp": "1614265331" }],
    [{ "svix-timestamp": "1614265330.0" }],
    [{ "svix-timestamp": "" }],
    [{ "svix-signature": "" }],
    [{ "svix-signature": "v1,AAAA" }],
    [{ "svix-signature": VECTOR.headers["svix-signature"].replace("v1,", "v2,") }],
    [{ "svix-signature": VECTOR.headers["svix-signature"].slice(3) }],
  ])("does not hold with %j", async (changes) => {
    expect(await holds(changes)).toBe(false);
  });

  test("does not hold for another body", async () => {
    expect(await holds({}, '{"test": 2432232315}')).toBe(false);
  });

  test.each([
    [300_000, true],
    [300_001, false],
    [-300_000, true],
    [-300_001, false],
  ])("of another time than now is a replay after five minutes: %i ms", async (ageMs, held) => {
    expect(await holds({}, VECTOR.body, ageMs)).toBe(held);
  });
});

describe("an event", () => {
  test.each([
    ["email.sent", "progress"],
    ["email.scheduled", "progress"],
    ["email.delivery_delayed", "progress"],
    ["email.delivered", "delivered"],
    ["email.opened", "delivered"],
    ["email.clicked", "delivered"],
  ])("%s is %s", async (type, kind) => {
    expect(await read(webhook(anEvent(type), { id: "msg_7" }))).toEqual({
      kind: "receipts",
      accounts: [""],
      receipts: [
        {
          ...OWNER,
          eventId: "msg_7",
          kind,
          providerId: "56761188",
          occurredAt: Date.parse("2026-11-22T23:41:12.126Z"),
          code: null,
          reason: null,
        },
      ],
    });
  });

  test.each(["+012026-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "yesterday", 5, null])(
    "of the time %j, which no database can hold, is read without it",
    async (created_at) => {
      const event = { ...anEvent("email.opened"), created_at };
      expect(await read(webhook(event))).toMatchObject({ receipts: [{ occurredAt: null }] });
    },
  );

  test.each([
    ["email.bounced", {}, "bounced", "the receiving server refused the address for good"],
    [
      "email.bounced",
      { bounce: { type: "Permanent", subType: "General", diagnosticCode: ["smtp; 550 5.1.1 ana@customer.example"] } },
      "bounced",
      "the receiving server refused the address for good (5.1.1)",
    ],
    [
      "email.bounced",
      { bounce: { type: "Permanent", subType: "Suppressed" } },
      "bounced",
      "Resend no longer sends to an address that has bounced",
    ],
    [
      "email.bounced",
      { bounce: { type: "Transient", subType: "MailboxFull" } },
      "blocked",
      "the receiving server did not take the message",
    ],
    ["email.suppressed", {}, "suppressed", "the address is on Resend's list of those that bounced or complained"],
    ["email.failed", { failed: { reason: "ana@customer.example" } }, "failed", "Resend could not send the message"],
    [
      "email.failed",
      { failed: { reason: "reached_daily_quota" } },
      "failed",
      "the Resend account has used up its quota",
    ],
  ])("%s with %j is undelivered, in our words", async (type, data, code, reason) => {
    expect(await read(webhook(anEvent(type, data)))).toMatchObject({
      receipts: [{ kind: "undelivered", code, reason }],
    });
  });

  test.each(["email.received", "contact.created", "email.brand_new", "email.constructor", "domain.updated"])(
    "%s says nothing of a send",
    async (type) => {
      expect(await read(webhook(anEvent(type)))).toMatchObject({ receipts: [] });
    },
  );

  test.each([
    { tags: {} },
    { tags: null },
    { tags: { attempt_id: "att_1" } },
    { tags: { ...TAGS, enterprise_id: "%" } },
  ])("without our ids says nothing: %j", async (data) => {
    expect(await read(webhook(anEvent("email.sent", data)))).toMatchObject({ kind: "receipts", receipts: [] });
  });

  test.each([
    ["email.complained", {}, "complained"],
    ["email.bounced", { bounce: { type: "Permanent", subType: "General" } }, "bounced"],
    ["email.suppressed", {}, "bounced"],
  ])("%s says something about the address as well: %s", async (type, data, wish) => {
    const about = { wish, address: "ana@customer.example", kind: "email" };
    expect(await read(webhook(anEvent(type, data)))).toMatchObject({ receipts: [{ wish: about }] });
  });

  test.each([
    ["email.bounced", { bounce: { type: "Transient", subType: "MailboxFull" } }],
    ["email.failed", { failed: { reason: "reached_daily_quota" } }],
    ["email.delivered", {}],
  ])("%s with %j says nothing about the address", async (type, data) => {
    const reading = await read(webhook(anEvent(type, data)));
    expect(reading.kind === "receipts" && reading.receipts.map((receipt) => "wish" in receipt)).toEqual([false]);
  });

  test("keeps its id when it is posted again, at another time and so with another signature", async () => {
    vi.useFakeTimers();
    try {
      const first = await read(webhook(anEvent("email.sent")));
      vi.advanceTimersByTime(3_600_000);
      expect(await read(webhook(anEvent("email.sent")))).toEqual(first);
    } finally {
      vi.useRealTimers();
    }
  });

  test("that is signed but no JSON object is malformed", async () => {
    expect(await read(webhook("[1"))).toMatchObject({ kind: "malformed" });
  });
});

describe("nothing is believed", () => {
  test.each([
    ["another key", webhook(anEvent("email.sent"), { secret: OTHER_SECRET })],
    ["no signature", webhook(anEvent("email.sent"), { signature: "" })],
    ["a replay", webhook(anEvent("email.sent"), { ageS: 400 })],
    ["a time ahead", webhook(anEvent("email.sent"), { ageS: -400 })],
    ["another body", { ...webhook(anEvent("email.sent")), body: webhook(anEvent("email.delivered")).body }],
  ])("with %s", async (_what, request) => {
    expect(await read(request)).toEqual({ kind: "forged" });
  });

  test.each(["", "whsec_", "whsec_%%"])("without a usable secret: %j", async (secret) => {
    const readWithout = createResendReceiptReader([{ name: "", secret }]);
    expect(await readWithout(webhook(anEvent("email.sent")))).toEqual({ kind: "not_configured" });
  });

  test("but by the account whose secret it was", async () => {
    const accounts = [
      { name: "", secret: SECRET },
      { name: "backup", secret: OTHER_SECRET },
    ];
    const reading = await createResendReceiptReader(accounts)(webhook(anEvent("email.sent"), { secret: OTHER_SECRET }));
    expect(reading).toMatchObject({ accounts: ["backup"], receipts: [OWNER] });
  });
});
