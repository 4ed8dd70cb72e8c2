import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Adapter, Fetch } from "../../../src/gateways/adapter.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { createSendgridEmail } from "../../../src/gateways/sendgrid/sendgrid-email.ts";
import { createTwilioSms } from "../../../src/gateways/twilio/twilio-sms.ts";
import { createTwilioWhatsapp } from "../../../src/gateways/twilio/twilio-whatsapp.ts";
import { aMessage, jsonResponse, recordingFetch, streamOf } from "./support.ts";

const TWILIO = {
  apiUrl: "https://twilio.test",
  accountSid: "AC1",
  authToken: "token",
  publicUrl: "https://notify.test",
  from: "+15005550006",
};
const SENDGRID = { apiUrl: "https://sendgrid.test", apiKey: "SG.key", fromEmail: "from@shop.test", fromName: "Shop" };

type Case = {
  name: string;
  create: (fetch: Fetch) => Adapter;
  accepted: () => Response;
  id: string;
  error: unknown;
  limited: string;
};

const twilioAnswer = {
  accepted: () => jsonResponse(201, { sid: "SM1", status: "queued" }),
  id: "SM1",
  error: { code: 20429, message: "for +34600111222", status: 429 },
  limited: "20429",
};

const ADAPTERS: Case[] = [
  { name: "Twilio SMS", create: (f) => createTwilioSms({ ...TWILIO, messagingServiceSid: "" }, f), ...twilioAnswer },
  { name: "Twilio Whatsapp", create: (f) => createTwilioWhatsapp({ ...TWILIO, contentSid: "" }, f), ...twilioAnswer },
  {
    name: "SendGrid",
    create: (f) => createSendgridEmail(SENDGRID, f),
    accepted: () => new Response(null, { status: 202, headers: { "x-message-id": "sg1" } }),
    id: "sg1",
    error: { errors: [{ field: null, message: "for a@b.test" }] },
    limited: "429",
  },
];

describe.each(ADAPTERS)("$name: what an answer proves", ({ create, accepted, id, error, limited }) => {
  const outcomeOf = (answer: () => Response | Promise<Response>) =>
    create(recordingFetch(answer).fetch).send(aMessage());
  const html = (status: number, headers = {}) => new Response("<html>oops</html>", { status, headers });

  test("a success is an acceptance, with the provider's id", async () => {
    expect(await outcomeOf(accepted)).toEqual({ kind: "accepted", providerId: id });
  });

  test.each([
    ["HTML", () => html(200)],
    ["truncated JSON", () => new Response('{"sid": "SM', { status: 201 })],
    ["a body that breaks off", () => new Response(streamOf(['{"sid"'], "break").body, { status: 201 })],
    ["ten megabytes", () => new Response("x".repeat(10_000_000), { status: 200 })],
    ["an id of another type", () => jsonResponse(201, { sid: 7 })],
  ])("a success that cannot be read is one without an id: %s", async (_what, answer) => {
    expect(await outcomeOf(answer)).toEqual({ kind: "accepted", providerId: null });
  });

  test("429 is surely not sent, and says how long to wait", async () => {
    const outcome = await outcomeOf(() => jsonResponse(429, error, { "retry-after": "7" }));

    expect(outcome).toMatchObject({ kind: "refused", code: limited, retryAfterMs: 7000 });
  });

  test("429 is surely not sent whoever wrote the body", async () => {
    const outcome = await outcomeOf(() => html(429));

    expect(outcome).toMatchObject({ kind: "refused", code: "429" });
    expect(outcome).not.toHaveProperty("retryAfterMs");
  });

  test.each([
    ["the provider's error body", () => jsonResponse(503, error)],
    ["Retry-After", () => html(503, { "retry-after": "5" })],
  ])("503 with %s is surely not sent", async (_what, answer) => {
    expect(await outcomeOf(answer)).toMatchObject({ kind: "refused" });
  });

  test.each([
    ["503 of somebody else", () => html(503)],
    ["500 with the provider's error body", () => jsonResponse(500, error)],
    ["500 with Retry-After", () => html(500, { "retry-after": "5" })],
    ["502", () => html(502)],
    ["504", () => html(504)],
    ["520", () => html(520)],
    ["408", () => jsonResponse(408, error)],
  ])("%s may have been sent", async (_what, answer) => {
    expect(await outcomeOf(answer)).toMatchObject({ kind: "ambiguous" });
  });

  test("a broken connection may have been sent", async () => {
    const outcome = await outcomeOf(() => Promise.reject(new TypeError("reset")));

    expect(outcome).toMatchObject({ kind: "ambiguous", code: "connection_lost" });
  });

  test.each([301, 302, 307, 308])("a redirect (%i) is a wrong API URL, and is not followed", async (status) => {
    const { fetch, sent } = recordingFetch(() => html(status, { location: "https://elsewhere.test/" }));

    expect(await create(fetch).send(aMessage())).toMatchObject({ kind: "misconfigured", code: String(status) });
    expect(sent).toHaveLength(1);
  });

  test.each([400, 401, 403, 404, 405, 422])("%i without the provider's body is for an operator", async (status) => {
    expect(await outcomeOf(() => html(status))).toMatchObject({ kind: "misconfigured", code: String(status) });
  });

  test.each([401, 403])("%i with the provider's body is for an operator", async (status) => {
    const outcome = await outcomeOf(() => jsonResponse(status, { ...(error as object), code: 99_999 }));

    expect(outcome).toMatchObject({ kind: "misconfigured" });
  });

  test("a 4xx whose explanation was cut off is surely not sent, and may be tried again", async () => {
    const { body } = streamOf(['{"code": 2'], "break");

    expect(await outcomeOf(() => new Response(body, { status: 400 }))).toMatchObject({ kind: "refused", code: "400" });
  });

  test("no outcome repeats the provider's words", async () => {
    for (const status of [400, 401, 403, 404, 408, 413, 429, 500, 503]) {
      const outcome = await outcomeOf(() => jsonResponse(status, error));
      expect(JSON.stringify(outcome)).not.toMatch(/34600111222|a@b\.test/);
    }
  });

  test("takes exactly one call", async () => {
    const { fetch, sent } = recordingFetch(() => html(500));
    await create(fetch).send(aMessage());
    expect(sent).toHaveLength(1);
  });
});

describe.each(ADAPTERS)("$name: silence", ({ create }) => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("may have been sent", async () => {
    const sending = create(() => new Promise(() => undefined)).send(aMessage());

    await vi.advanceTimersByTimeAsync(DEFAULT_TIMES.callTimeout);

    expect(await sending).toMatchObject({ kind: "ambiguous", code: "timeout" });
  });
});
