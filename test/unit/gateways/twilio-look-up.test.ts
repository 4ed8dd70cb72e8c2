import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LookUp } from "../../../src/domain/look-up.ts";
import { createTwilioSms } from "../../../src/gateways/twilio/twilio-sms.ts";
import { createTwilioWhatsapp } from "../../../src/gateways/twilio/twilio-whatsapp.ts";
import { aMessage, jsonResponse, recordingFetch } from "./support.ts";

const SERVICE = `MG${"0123456789abcdef".repeat(2)}`;
const ACCOUNT = {
  apiUrl: "https://api.twilio.test",
  accountSid: "AC1",
  authToken: "token",
  publicUrl: "https://notify.test",
  callTimeoutMs: 5_000,
};
const SMS = { ...ACCOUNT, from: "+1 (500) 555-0006", messagingServiceSid: "" };
const WHATSAPP = { ...ACCOUNT, from: "+14155238886", contentSid: "HX1" };
const LIST = "/2010-04-01/Accounts/AC1/Messages.json";
const STARTED_AT = Date.parse("2026-01-02T03:04:05.678Z");

function aQuestion(changes: Partial<LookUp> = {}): LookUp {
  return { message: aMessage(), startedAt: STARTED_AT, providerId: null, ...changes };
}

function rfc2822(time: number): string {
  return new Date(time).toUTCString().replace("GMT", "+0000");
}

let lastSid = 0;

/** A message as Twilio lists it, by default the one that was asked for. */
function listed({ message }: LookUp, changes: Record<string, unknown> = {}) {
  lastSid += 1;
  return {
    sid: `SM${lastSid}`,
    body: message.text,
    from: "+15005550006",
    to: message.to,
    messaging_service_sid: null,
    status: "sent",
    error_code: null,
    date_created: rfc2822(STARTED_AT),
    date_sent: null,
    ...changes,
  };
}

/** A Twilio whose list has these pages. */
function pagesOf(...pages: unknown[][]) {
  const answers = pages.map((messages, n) => () => {
    const isLast = n === pages.length - 1;
    return jsonResponse(200, { messages, next_page_uri: isLast ? null : `${LIST}?Page=${n + 1}&PageToken=PA${n}` });
  });
  let asked = 0;
  return recordingFetch(() => answers[asked++]?.() ?? jsonResponse(500, {}));
}

async function lookUp(question: LookUp, fetch: Parameters<typeof createTwilioSms>[1], config = SMS) {
  return createTwilioSms(config, fetch).lookUp?.(question);
}

describe("a look-up without the sid", () => {
  test("lists what went to the recipient, whatever the date of sending", async () => {
    const { fetch, sent } = pagesOf([]);
    const question = aQuestion();

    expect(await lookUp(question, fetch)).toEqual({ kind: "found", messages: [] });

    expect(sent).toHaveLength(1);
    expect(sent[0]?.init).toMatchObject({ method: "GET", redirect: "manual" });
    expect(sent[0]?.headers.get("authorization")).toBe(`Basic ${btoa("AC1:token")}`);
    const url = new URL(sent[0]?.url ?? "");
    expect(url.origin + url.pathname).toBe(`https://api.twilio.test${LIST}`);
    expect(Object.fromEntries(url.searchParams)).toEqual({ To: question.message.to, PageSize: "100" });
  });

  test("finds ours by sender and text among the recipient's others", async () => {
    const question = aQuestion();
    const ours = listed(question);
    const { fetch } = pagesOf([
      listed(question, { body: "Another text" }),
      listed(question, { from: "+15005550009" }),
      ours,
      listed(question, { from: null, messaging_service_sid: SERVICE }),
    ]);

    expect(await lookUp(question, fetch)).toEqual({
      kind: "found",
      messages: [{ providerId: ours.sid, kind: "progress", code: null, reason: null }],
    });
  });

  test("finds a Messaging Service's message before it has chosen a sender", async () => {
    const question = aQuestion();
    const ours = listed(question, { from: null, messaging_service_sid: SERVICE, status: "accepted" });
    const { fetch } = pagesOf([ours, listed(question)]);

    expect(await lookUp(question, fetch, { ...SMS, messagingServiceSid: SERVICE })).toMatchObject({
      messages: [{ providerId: ours.sid }],
    });
  });

  test("gives all that fit", async () => {
    const question = aQuestion();
    const both = [listed(question), listed(question)];

    expect(await lookUp(question, pagesOf(both).fetch)).toMatchObject({
      messages: both.map(({ sid }) => ({ providerId: sid })),
    });
  });

  test.each([
    ["delivered", null, { kind: "delivered", code: null, reason: null }],
    ["queued", null, { kind: "progress", code: null, reason: null }],
    ["brand_new", null, { kind: "progress", code: null, reason: null }],
    ["undelivered", 30003, { kind: "undelivered", code: "30003", reason: "the phone is off or out of reach" }],
    ["failed", 30008, { kind: "undelivered", code: "30008", reason: "the carrier gave no reason" }],
    ["failed", 21610, { wish: { wish: "stopped", address: "+34600111222", kind: "phone" } }],
    ["canceled", null, { kind: "undelivered", code: "canceled", reason: "the message was canceled at Twilio" }],
  ])("tells what %s means", async (status, error_code, expected) => {
    const question = aQuestion();
    const { fetch } = pagesOf([listed(question, { status, error_code })]);

    expect(await lookUp(question, fetch)).toMatchObject({ messages: [expected] });
  });

  test.each([
    ["a trial account's remark", "Sent from your Twilio trial account - Parcel S–1…", "Parcel S–1…"],
    ["simpler characters", "Parcel 'S-1' - sent...", "Parcel ‘S–1’ — sent…"],
  ])("knows a text again with %s", async (_what, body, text) => {
    const question = aQuestion({ message: aMessage({ text }) });
    const ours = listed(question, { body });

    expect(await lookUp(question, pagesOf([ours]).fetch)).toMatchObject({ messages: [{ providerId: ours.sid }] });
  });

  test("says nothing about absence where texts are hidden", async () => {
    const question = aQuestion();

    expect(await lookUp(question, pagesOf([listed(question, { body: "" })]).fetch)).toMatchObject({
      kind: "unanswered",
      code: "no_text",
    });
  });

  test("says nothing where the sender is not known any more", async () => {
    const { fetch, sent } = pagesOf([]);

    expect(await lookUp(aQuestion(), fetch, { ...SMS, from: "" })).toMatchObject({ code: "not_configured" });
    expect(sent).toHaveLength(0);
  });
});

describe("pages", () => {
  test("are followed until the first message from before the attempt", async () => {
    const question = aQuestion();
    const ours = listed(question, { date_created: rfc2822(STARTED_AT - 59_000) });
    const old = listed(question, { date_created: rfc2822(STARTED_AT - 62_000) });
    const { fetch, sent } = pagesOf([listed(question, { body: "Another" })], [ours, old], [listed(question)]);

    expect(await lookUp(question, fetch)).toMatchObject({ messages: [{ providerId: ours.sid }] });
    expect(sent.map(({ url }) => url.replace("https://api.twilio.test", ""))).toEqual([
      expect.stringContaining("PageSize=100"),
      `${LIST}?Page=1&PageToken=PA0`,
    ]);
  });

  test("are followed past a message that was made before and sent after", async () => {
    const question = aQuestion();
    const times = { date_created: rfc2822(STARTED_AT - 3_600_000), date_sent: rfc2822(STARTED_AT + 5_000) };
    const ours = listed(question);
    const { fetch } = pagesOf([listed(question, { body: "Delayed", ...times })], [ours]);

    expect(await lookUp(question, fetch)).toMatchObject({ messages: [{ providerId: ours.sid }] });
  });

  test("without end are no answer", async () => {
    const question = aQuestion();
    const { fetch, sent } = recordingFetch(() =>
      jsonResponse(200, { messages: [listed(question)], next_page_uri: `${LIST}?Page=1` }),
    );

    expect(await lookUp(question, fetch)).toMatchObject({ kind: "unanswered", code: "too_many" });
    expect(sent).toHaveLength(10);
  });

  test.each(["https://elsewhere.test/", "@elsewhere.test/", "/2010-04-01/Accounts/AC2/Messages.json?Page=1"])(
    "are not followed to %s",
    async (next_page_uri) => {
      const { fetch, sent } = recordingFetch(() => jsonResponse(200, { messages: [], next_page_uri }));

      expect(await lookUp(aQuestion(), fetch)).toMatchObject({ kind: "unanswered", code: "unreadable" });
      expect(sent).toHaveLength(1);
    },
  );

  test("one that fails makes the whole no answer", async () => {
    const question = aQuestion();
    const answers = [
      jsonResponse(200, { messages: [listed(question)], next_page_uri: `${LIST}?Page=1` }),
      jsonResponse(429, { code: 20429, message: "Too Many Requests" }),
    ];
    const { fetch } = recordingFetch(() => answers.shift() ?? jsonResponse(500, {}));

    expect(await lookUp(question, fetch)).toMatchObject({ kind: "unanswered", code: "20429" });
  });
});

describe("a look-up by the sid", () => {
  test("asks for that message", async () => {
    const question = aQuestion({ providerId: "SM/1" });
    const { fetch, sent } = recordingFetch(() => jsonResponse(200, listed(question, { sid: "SM/1", status: "read" })));

    expect(await lookUp(question, fetch)).toEqual({
      kind: "found",
      messages: [{ providerId: "SM/1", kind: "delivered", code: null, reason: null }],
    });
    expect(sent.map(({ url }) => url)).toEqual([
      `https://api.twilio.test/2010-04-01/Accounts/AC1/Messages/SM%2F1.json`,
    ]);
  });

  test("finds nothing where Twilio knows no such message", async () => {
    const { fetch } = recordingFetch(() => jsonResponse(404, { code: 20404, message: "not found", status: 404 }));

    expect(await lookUp(aQuestion({ providerId: "SM1" }), fetch)).toEqual({ kind: "found", messages: [] });
  });

  test("believes a 404 of Twilio only", async () => {
    const { fetch } = recordingFetch(() => new Response("<h1>Not found</h1>", { status: 404 }));

    expect(await lookUp(aQuestion({ providerId: "SM1" }), fetch)).toMatchObject({ kind: "unanswered", code: "404" });
  });

  test("does not take another message for it", async () => {
    const question = aQuestion({ providerId: "SM-mine" });
    const { fetch } = recordingFetch(() => jsonResponse(200, listed(question)));

    expect(await lookUp(question, fetch)).toMatchObject({ kind: "unanswered", code: "unreadable" });
  });
});

describe("no answer", () => {
  test.each<[string, () => Response | Promise<Response>, string]>([
    ["a failure of Twilio", () => new Response("", { status: 500 }), "500"],
    ["refused credentials", () => jsonResponse(401, { code: 20003 }), "20003"],
    ["an account that Twilio does not know", () => jsonResponse(404, { code: 20404 }), "20404"],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "https://x.test" } }), "302"],
    ["no JSON", () => new Response("<html></html>"), "unreadable"],
    ["no list", () => jsonResponse(200, { next_page_uri: null }), "unreadable"],
    [
      "a message without a date",
      () => jsonResponse(200, { messages: [{ sid: "SM1" }], next_page_uri: null }),
      "unreadable",
    ],
    ["a list that is too long", () => new Response(`{"messages":[],"x":"${"x".repeat(2 ** 20)}"}`), "unreadable"],
    ["a lost connection", () => Promise.reject(new TypeError("reset")), "connection_lost"],
  ])("from %s", async (_what, answer, code) => {
    const reading = await lookUp(aQuestion(), recordingFetch(answer).fetch);

    expect(reading).toMatchObject({ kind: "unanswered", code, reason: expect.any(String) });
  });

  test.each(["apiUrl", "accountSid", "authToken"])("without %s, and no call", async (name) => {
    const { fetch, sent } = pagesOf([]);

    expect(await lookUp(aQuestion(), fetch, { ...SMS, [name]: "" })).toMatchObject({ code: "not_configured" });
    expect(sent).toHaveLength(0);
  });
});

describe("WhatsApp", () => {
  const whatsapp = (question: LookUp, fetch: Parameters<typeof createTwilioSms>[1]) =>
    createTwilioWhatsapp(WHATSAPP, fetch).lookUp?.(question);

  test("knows what Twilio made of the template by the variables in it", async () => {
    const question = aQuestion({
      message: aMessage({ variables: { 1: "S-1", 2: "on its way", 3: "2026-01-02 03:04:05" } }),
    });
    const from = "whatsapp:+14155238886";
    const ours = listed(question, { from, body: "Hallo! *S-1* (on its way), 2026-01-02 03:04:05." });
    const { fetch, sent } = pagesOf([
      listed(question, { from, body: "Hallo! *S-2* (on its way), 2026-01-02 03:04:05." }),
      ours,
      { ...ours, sid: "SMother", from: "+14155238886" },
    ]);

    expect(await whatsapp(question, fetch)).toMatchObject({ messages: [{ providerId: ours.sid }] });
    expect(new URL(sent[0]?.url ?? "").searchParams.get("To")).toBe(`whatsapp:${question.message.to}`);
  });

  test("takes the text itself before what only resembles it", async () => {
    const message = aMessage({ text: "S-1 is sent at 3", variables: { 1: "S-1", 2: "sent", 3: "3" } });
    const question = aQuestion({ message });
    const from = "whatsapp:+14155238886";
    const ours = listed(question, { from });
    const { fetch } = pagesOf([listed(question, { from, body: "S-11 is sent at 3" }), ours]);

    expect(await whatsapp(question, fetch)).toMatchObject({ messages: [{ providerId: ours.sid }] });
  });
});

describe("the time of one call", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is all that the pages have together", async () => {
    const question = aQuestion();
    const { fetch, sent } = recordingFetch(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      return jsonResponse(200, { messages: [listed(question)], next_page_uri: `${LIST}?Page=1` });
    });
    let answer: unknown;
    const asking = lookUp(question, fetch).then((told) => (answer = told));

    await vi.advanceTimersByTimeAsync(4_999);
    expect(answer).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await asking;

    expect(answer).toMatchObject({ kind: "unanswered", code: "timeout" });
    expect(sent).toHaveLength(3);
  });
});
