import { describe, expect, test } from "vitest";
import { createResendEmail } from "../../../src/gateways/resend/resend-email.ts";
import { readTags } from "../../../src/gateways/resend/resend-tags.ts";
import { aMessage, jsonResponse, recordingFetch } from "./support.ts";

const ACCOUNT = {
  apiUrl: "https://resend.test",
  apiKey: "re_key",
  fromEmail: "orders@shop.example",
  fromName: "Order updates",
  callTimeoutMs: 200,
};

const ACCEPTED = () => jsonResponse(200, { id: "49a3999c" });

/** An adapter whose provider gives these answers, one after the other. */
function answering(...answers: (() => Response | Promise<Response>)[]) {
  const left = [...answers];
  const { fetch, sent } = recordingFetch(() => (left.shift() ?? ACCEPTED)());
  return { resend: createResendEmail(ACCOUNT, fetch), sent };
}

function error(status: number, name: string, message = "Something about a@b.example", headers = {}) {
  return () => jsonResponse(status, { statusCode: status, name, message }, headers);
}

type SentMail = { from: string; tags: { name: string; value: string }[] } & Record<string, unknown>;

function mailIn(body: string | undefined): SentMail {
  return JSON.parse(body ?? "{}") as SentMail;
}

describe("a mail", () => {
  test("is posted under the attempt's id as the idempotency key, as text and as HTML", async () => {
    const { resend, sent } = answering();
    const message = aMessage({ to: "ana@customer.example" });

    expect(await resend.send(message)).toEqual({ kind: "accepted", providerId: "49a3999c" });

    expect(sent).toHaveLength(1);
    const { url, init, headers, body } = sent[0] ?? { url: "", init: {}, headers: new Headers(), body: "" };
    expect([init.method, url]).toEqual(["POST", "https://resend.test/emails"]);
    expect(headers.get("authorization")).toBe("Bearer re_key");
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("idempotency-key")).toBe(message.attemptId);
    const { subject, text, html } = message;
    expect(mailIn(body)).toMatchObject({ to: ["ana@customer.example"], subject, text, html });
  });

  test.each([
    ["from the account's sender", null, '"Order updates" <orders@shop.example>'],
    ["from the gateway's own sender", "Shop <shop@shop.example>", "Shop <shop@shop.example>"],
  ])("is sent %s", async (_, sender, from) => {
    const { resend, sent } = answering();
    await resend.send(aMessage({ sender }));
    expect(mailIn(sent[0]?.body).from).toBe(from);
  });

  test.each([
    ["", "orders@shop.example"],
    ['Shop "X" \\ Co, Inc.', '"Shop \\"X\\" \\\\ Co, Inc." <orders@shop.example>'],
  ])("may have any name of the sender: %j", async (fromName, from) => {
    const { fetch, sent } = recordingFetch(ACCEPTED);
    await createResendEmail({ ...ACCOUNT, fromName }, fetch).send(aMessage());
    expect(mailIn(sent[0]?.body).from).toBe(from);
  });

  test.each(["acme", "Ünïcödé & Söhne / 50+", "😀".repeat(64)])("carries our ids in tags: %s", async (enterpriseId) => {
    const { resend, sent } = answering();
    const message = aMessage({ enterpriseId });
    await resend.send(message);

    const { tags } = mailIn(sent[0]?.body);
    for (const { name, value } of tags) expect([name, value].join("")).toMatch(/^[\w-]+$/);
    expect(tags.every(({ value }) => value.length <= 256)).toBe(true);
    const { attemptId } = message;
    expect(readTags((name) => tags.find((tag) => tag.name === name)?.value)).toEqual({ enterpriseId, attemptId });
  });

  test.each([{ apiUrl: "" }, { apiKey: "" }, { fromEmail: "" }])("is not sent without %j", async (missing) => {
    const { fetch, sent } = recordingFetch(ACCEPTED);
    const outcome = await createResendEmail({ ...ACCOUNT, ...missing }, fetch).send(aMessage());
    expect(outcome).toMatchObject({ kind: "misconfigured", code: "not_configured", gatewayWide: true });
    expect(sent).toEqual([]);
  });
});

describe("an answer", () => {
  test.each([
    [401, "missing_api_key", { kind: "misconfigured", gatewayWide: true }],
    [401, "restricted_api_key", { kind: "misconfigured", gatewayWide: true }],
    [403, "invalid_api_key", { kind: "misconfigured", gatewayWide: true }],
    [403, "restricted_api_key", { kind: "misconfigured", gatewayWide: true }],
    [403, "suspended_api_key", { kind: "misconfigured", gatewayWide: true }],
    [403, "invalid_permission", { kind: "misconfigured", gatewayWide: true }],
    [404, "not_found", { kind: "misconfigured", gatewayWide: true }],
    [405, "method_not_allowed", { kind: "misconfigured", gatewayWide: true }],
    [400, "invalid_idempotency_key", { kind: "misconfigured" }],
    [422, "invalid_from_address", { kind: "misconfigured" }],
    [422, "missing_required_field", { kind: "misconfigured" }],
    [429, "rate_limit_exceeded", { kind: "refused" }],
    [429, "daily_quota_exceeded", { kind: "refused" }],
    [429, "monthly_quota_exceeded", { kind: "refused" }],
    [503, "service_unavailable", { kind: "refused" }],
    [422, "brand_new_error", { kind: "rejected", otherGateway: false }],
    [418, "constructor", { kind: "rejected", otherGateway: false }],
  ])("%i %s is settled by one call, in our words", async (status, name, outcome) => {
    const { resend, sent } = answering(error(status, name));
    const answered = await resend.send(aMessage());
    expect(answered).toMatchObject({ ...outcome, code: name });
    expect(JSON.stringify(answered)).not.toContain("a@b.example");
    expect(sent).toHaveLength(1);
  });

  test.each([
    [422, "Invalid `to` field. The email address …", { kind: "rejected", code: "validation_error to" }],
    [422, "Invalid `from` field. The email address …", { kind: "misconfigured", code: "validation_error from" }],
    [400, "The `tags` are wrong", { kind: "misconfigured", code: "validation_error tags" }],
    [400, "API key is invalid", { kind: "misconfigured", gatewayWide: true, code: "validation_error key" }],
    [401, "API key is invalid", { kind: "misconfigured", gatewayWide: true, code: "validation_error key" }],
    [403, "The shop.example domain is not verified.", { kind: "misconfigured", code: "validation_error" }],
    [422, "Something else", { kind: "rejected", code: "validation_error" }],
  ])("%i validation_error goes by the field that it names: %s", async (status, message, outcome) => {
    const { resend } = answering(error(status, "validation_error", message));
    expect(await resend.send(aMessage())).toMatchObject(outcome);
  });

  test("that limits the rate says when to come again", async () => {
    const { resend } = answering(error(429, "rate_limit_exceeded", "", { "retry-after": "7", "ratelimit-reset": "1" }));
    expect(await resend.send(aMessage())).toMatchObject({ kind: "refused", retryAfterMs: 7_000 });
  });
});

/** Answers that leave open whether the mail was taken. */
const OPEN: [string, () => Response | Promise<Response>, string][] = [
  ["a lost connection", () => Promise.reject(new TypeError("Network connection lost.")), "connection_lost"],
  ["silence", () => new Promise<Response>(() => undefined), "timeout"],
  ["500 application_error", error(500, "application_error"), "application_error"],
  ["502 of somebody else", () => new Response("<html>", { status: 502 }), "502"],
  ["a request that is still at work", error(409, "concurrent_idempotent_requests"), "concurrent_idempotent_requests"],
  ["an earlier request with another body", error(409, "invalid_idempotent_request"), "invalid_idempotent_request"],
  ["409 of a new kind", error(409, "brand_new_conflict"), "brand_new_conflict"],
];

describe("an answer that leaves open whether the mail was taken", () => {
  test.each(OPEN)("is asked for again, once, by the same request: %s", async (_what, answer) => {
    const { resend, sent } = answering(answer, ACCEPTED);

    expect(await resend.send(aMessage())).toEqual({ kind: "accepted", providerId: "49a3999c" });

    expect(sent).toHaveLength(2);
    const [first, second] = sent.map(({ url, headers, body }) => ({ url, headers: [...headers], body }));
    expect(second).toEqual(first);
  });

  test.each(OPEN)("stays ambiguous when it comes twice: %s", async (_what, answer, code) => {
    const { resend, sent } = answering(answer, answer);
    expect(await resend.send(aMessage())).toMatchObject({ kind: "ambiguous", code });
    expect(sent).toHaveLength(2);
  });

  test.each([
    [401, "invalid_api_key"],
    [422, "validation_error"],
    [429, "rate_limit_exceeded"],
    [503, "service_unavailable"],
  ])("is not settled by a refusal of the second request, which says nothing of the first: %i", async (status, name) => {
    const { resend } = answering(error(500, "application_error"), error(status, name));
    expect(await resend.send(aMessage())).toMatchObject({ kind: "ambiguous", code: "application_error" });
  });
});
