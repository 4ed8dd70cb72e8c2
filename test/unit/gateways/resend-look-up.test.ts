import { describe, expect, test } from "vitest";
import type { OutboundMessage } from "../../../src/domain/outbound-message.ts";
import { createResendEmail } from "../../../src/gateways/resend/resend-email.ts";
import { toTags } from "../../../src/gateways/resend/resend-tags.ts";
import { aMessage, jsonResponse, recordingFetch, type SentRequest } from "./support.ts";

const STARTED_AT = Date.UTC(2026, 10, 22, 12);
const MESSAGE = aMessage({ to: "ana@customer.example" });
const OTHER = aMessage({ to: MESSAGE.to });

type Mail = Record<string, unknown> & { id: string };

/** A mail as Resend shows it by its id, `seconds` after the attempt began. */
function aMail(id: string, seconds: number, message: OutboundMessage = MESSAGE, changes: Partial<Mail> = {}): Mail {
  const created_at = new Date(STARTED_AT + seconds * 1000).toISOString().replace("T", " ").replace("Z", "000+00");
  const { to, subject, text, html } = message;
  return { id, to: [to], subject, text, html, created_at, last_event: "sent", tags: toTags(message), ...changes };
}

/** What the list shows of a mail. */
function listed({ text: _, html: __, tags: ___, ...mail }: Mail): Mail {
  return mail;
}

/** Resend with these mails, newest first, as pages of `pageSize`. */
function resendWith(mails: Mail[], pageSize = 100) {
  const requests: string[] = [];
  const { fetch, sent } = recordingFetch(() => answerTo(sent.at(-1)));
  const answerTo = (request: SentRequest | undefined) => {
    const url = new URL(request?.url ?? "");
    requests.push(`${request?.init.method} ${url.pathname}`);
    if (url.pathname === "/emails") {
      const start = mails.findIndex(({ id }) => id === url.searchParams.get("after")) + 1;
      const page = mails.slice(start, start + pageSize);
      return jsonResponse(200, { object: "list", has_more: start + pageSize < mails.length, data: page.map(listed) });
    }
    const mail = mails.find(({ id }) => url.pathname === `/emails/${id}`);
    return mail ? jsonResponse(200, mail) : jsonResponse(404, { statusCode: 404, name: "not_found", message: "" });
  };
  return { ...adapterOf(fetch), requests };
}

function adapterOf(fetch: Parameters<typeof createResendEmail>[1]) {
  const account = { apiUrl: "https://resend.test", apiKey: "re_key", fromEmail: "orders@shop.example", fromName: "" };
  const { lookUp } = createResendEmail(account, fetch);
  return {
    lookUp: (providerId: string | null = null) => lookUp?.({ message: MESSAGE, startedAt: STARTED_AT, providerId }),
  };
}

describe("a look-up by id", () => {
  test.each([
    ["sent", { kind: "progress", code: null }],
    ["delivered", { kind: "delivered", code: null }],
    ["bounced", { kind: "undelivered", code: "bounced" }],
    ["brand_new", { kind: "progress", code: null }],
  ])("finds that very mail, %s", async (last_event, found) => {
    const { lookUp, requests } = resendWith([aMail("m1", 1, MESSAGE, { last_event })]);
    expect(await lookUp("m1")).toMatchObject({ kind: "found", messages: [{ providerId: "m1", ...found }] });
    expect(requests).toEqual(["GET /emails/m1"]);
  });

  test.each([
    ["complained", { wish: "complained", address: MESSAGE.to, kind: "email" }],
    ["suppressed", { wish: "bounced", address: MESSAGE.to, kind: "email" }],
    ["bounced", undefined],
  ])("tells what %s says about the address", async (last_event, wish) => {
    const answer = await resendWith([aMail("m1", 1, MESSAGE, { last_event })]).lookUp("m1");
    expect(answer?.kind === "found" && answer.messages.map((found) => found.wish)).toEqual([wish]);
  });

  test("finds nothing where Resend has none", async () => {
    expect(await resendWith([]).lookUp("m1")).toEqual({ kind: "found", messages: [] });
  });
});

describe("a look-up without an id", () => {
  test("finds the mail whose tags are those of the attempt, among those to the same address", async () => {
    const elsewhere = aMessage({ to: "bob@customer.example" });
    const mails = [aMail("m4", 4, OTHER), aMail("m3", 3), aMail("m2", 2, elsewhere), aMail("m1", 1, OTHER)];
    const { lookUp, requests } = resendWith(mails);

    expect(await lookUp()).toMatchObject({ kind: "found", messages: [{ providerId: "m3" }] });

    // Oldest first; after the one that it must be, no other is asked for.
    expect(requests).toEqual(["GET /emails", "GET /emails/m1", "GET /emails/m3"]);
  });

  test("tells two mails of the same words apart by their tags", async () => {
    const twin = { ...MESSAGE, attemptId: "att_twin" };
    const { lookUp } = resendWith([aMail("m2", 2, twin), aMail("m1", 1)]);
    expect(await lookUp()).toMatchObject({ messages: [{ providerId: "m1" }] });
  });

  test("compares subject and text where Resend shows no tags", async () => {
    const bare = { tags: undefined };
    const mails = [
      aMail("m3", 3, { ...MESSAGE, subject: "Another" }, bare),
      aMail("m2", 2, { ...MESSAGE, text: "Another" }, bare),
      aMail("m1", 1, { ...MESSAGE, text: `${MESSAGE.text}\r\n` }, bare),
    ];
    expect(await resendWith(mails).lookUp()).toMatchObject({ messages: [{ providerId: "m1" }] });
  });

  test("concludes nothing from a mail whose text is hidden", async () => {
    const { lookUp } = resendWith([aMail("m1", 1, MESSAGE, { tags: [], text: null })]);
    expect(await lookUp()).toMatchObject({ kind: "unanswered", code: "no_text" });
  });

  test("goes back to a minute before the attempt, for clocks differ, and no further", async () => {
    const { lookUp, requests } = resendWith([aMail("m2", -59), aMail("m1", -61), aMail("m0", -62)], 2);
    expect(await lookUp()).toMatchObject({ messages: [{ providerId: "m2" }] });
    expect(requests).toEqual(["GET /emails", "GET /emails/m2"]);
  });

  test("reads on while pages are young, and finds that there is none", async () => {
    const mails = Array.from({ length: 5 }, (_, index) => aMail(`m${index}`, 9 - index, aMessage()));
    const { lookUp, requests } = resendWith([...mails, aMail("old", -99)], 2);
    expect(await lookUp()).toEqual({ kind: "found", messages: [] });
    expect(requests).toEqual(["GET /emails", "GET /emails", "GET /emails"]);
  });

  test.each([
    ["more pages than are read", Array.from({ length: 52 }, (_, index) => aMail(`m${index}`, 9, aMessage())), 1],
    ["more candidates than are fetched", Array.from({ length: 61 }, (_, index) => aMail(`m${index}`, 9, OTHER)), 100],
  ])("concludes nothing from %s", async (_what, mails, pageSize) => {
    expect(await resendWith(mails, pageSize).lookUp()).toMatchObject({ kind: "unanswered", code: "too_many" });
  });
});

describe("nothing is concluded", () => {
  test.each([
    [
      "429",
      () => jsonResponse(429, { statusCode: 429, name: "rate_limit_exceeded", message: "" }),
      "rate_limit_exceeded",
    ],
    [
      "a key that may only send",
      () => jsonResponse(401, { statusCode: 401, name: "restricted_api_key", message: "" }),
      "restricted_api_key",
    ],
    ["a lost connection", () => Promise.reject(new TypeError("lost")), "connection_lost"],
    ["a page that is no JSON", () => new Response("<html>"), "unreadable"],
    ["a page of another shape", () => jsonResponse(200, { data: [{ id: 1 }], has_more: false }), "unreadable"],
  ])("from %s", async (_what, answer, code) => {
    const { lookUp } = adapterOf(recordingFetch(answer).fetch);
    expect(await lookUp()).toMatchObject({ kind: "unanswered", code });
  });
});
