import { createPublicKey, verify } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DEMO_SENDGRID } from "../../dev/sandbox/accounts.ts";
import { SANDBOX_MAIL_ENDS } from "../../dev/sandbox/magic.ts";
import type { Sandbox } from "../../dev/sandbox/server.ts";
import { goodMail, mailService, postMail, startDemoSandbox, startReceiver, until } from "./sandbox-kit.ts";
import type { Received } from "./sandbox-kit.ts";

type Event = Record<string, unknown>;

let sandbox: Sandbox;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let broken = 0;

beforeAll(async () => {
  receiver = await startReceiver(() => (broken-- > 0 ? 503 : 200));
  sandbox = await startDemoSandbox({ eventWebhookUrl: `${receiver.url}/events` });
});
afterEach(() => {
  broken = 0;
});
afterAll(async () => {
  await sandbox.stop();
  await receiver.stop();
});

describe("mail/send", () => {
  it("takes a mail of SendGrid's own client with 202, no body and an id", async () => {
    const to = newAddress();
    const [answer] = await mailService(sandbox).send({
      to,
      from: DEMO_SENDGRID.fromEmail,
      subject: "Shipment",
      text: "plain",
      html: "<p>html</p>",
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.body).toBe("");
    const headers = answer.headers as Record<string, string>;
    expect(headers["x-message-id"]).toMatch(/^[\w-]{22}$/);
    expect(Number(headers["x-ratelimit-remaining"])).toBeLessThan(Number(headers["x-ratelimit-limit"]));
    expect(Number(headers["x-ratelimit-reset"])).toBeGreaterThan(Date.now() / 1000 - 1);
  });

  it("refuses a wrong key with SendGrid's error object", async () => {
    const mail = { to: newAddress(), from: DEMO_SENDGRID.fromEmail, subject: "s", text: "t" };
    const error = await mailService(sandbox, "SG.wrong.key")
      .send(mail)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 401,
      response: { body: { errors: [{ message: expect.stringContaining("invalid"), field: null, help: null }] } },
    });
  });

  const good = goodMail("buyer@example.com");
  const many = (n: number) => Array.from({ length: n }, (_, i) => ({ email: `a${i}@example.com` }));
  it.each<[string, string, unknown]>([
    ["personalizations", "no personalization", { ...good, personalizations: [] }],
    ["personalizations.0.to", "no recipient", { ...good, personalizations: [{ to: [] }] }],
    ["personalizations.0.to.0.email", "a recipient that is no address", goodMail("buyer@")],
    ["personalizations.0.to.0.email", "a recipient with a line break", goodMail("a@example.com\r\nBcc: b@example.com")],
    [
      "personalizations.0",
      "the same recipient twice",
      { ...good, personalizations: [{ to: [...many(1), ...many(1)] }] },
    ],
    ["personalizations", "1001 recipients", { ...good, personalizations: [{ to: many(1001) }] }],
    ["from.email", "no sender", { ...good, from: undefined }],
    ["from.email", "a sender that is no address", { ...good, from: { email: "shop" } }],
    ["subject", "no subject", { ...good, subject: "" }],
    ["content", "no content", { ...good, content: [] }],
    ["content", "HTML before plain text", { ...good, content: good.content.toReversed() }],
    ["content", "plain text twice", { ...good, content: [good.content[0], good.content[0]] }],
    ["content.0.value", "an empty text", { ...good, content: [{ type: "text/plain", value: "" }] }],
    ["custom_args", "10,001 bytes of arguments", { ...good, custom_args: { a: "x".repeat(10_000) } }],
    ["custom_args", "an argument that is no text", { ...good, custom_args: { a: 1 } }],
    ["categories", "eleven categories", { ...good, categories: "abcdefghijk".split("") }],
    ["headers", "a reserved header", { ...good, headers: { Subject: "x" } }],
  ])("names the field %s for %s", async (field, _case, mail) => {
    const answer = await postMail(sandbox, mail);
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: Event[] };
    expect(errors).toEqual([{ message: expect.any(String), field, help: expect.any(String) }]);
  });

  it("tells all errors at once", async () => {
    const answer = await postMail(sandbox, { ...good, subject: undefined, content: undefined });
    expect(await answer.json()).toMatchObject({ errors: [{ field: "subject" }, { field: "content" }] });
  });

  it.each<[number, string, unknown, Record<string, string>]>([
    [403, "a sender that is not verified", { ...good, from: { email: "who@elsewhere.example" } }, {}],
    [401, "no key", good, { authorization: "" }],
    [415, "another content type", good, { "content-type": "text/plain" }],
    [400, "a body that is no JSON", "{", {}],
    [413, "more than 30 MB", "x".repeat(30 * 1024 * 1024 + 1), {}],
    [200, "sandbox mode", { ...good, mail_settings: { sandbox_mode: { enable: true } } }, {}],
  ])("answers %i for %s, and takes nothing", async (status, _case, body, headers) => {
    const before = sandbox.ledger().length;
    expect((await postMail(sandbox, body, headers)).status).toBe(status);
    expect(sandbox.ledger().length).toBe(before);
  });
});

describe("the event webhook", () => {
  it("is signed over timestamp and body, the final CRLF included", async () => {
    const to = newAddress();
    await postMail(sandbox, goodMail(to));
    const post = await until(() => receiver.received.find((one) => one.body.includes(to)));
    expect(post.body.endsWith("]\r\n")).toBe(true);
    expect(isSigned(post, post.body)).toBe(true);
    expect(isSigned(post, post.body.trimEnd())).toBe(false);
  });

  it("gives custom arguments back as keys beside the event's own, and its ids", async () => {
    const to = newAddress();
    const mail = { ...goodMail(to), custom_args: { attempt_id: "att_1", event: "not this" } };
    const id = (await postMail(sandbox, mail)).headers.get("x-message-id") ?? "";
    const events = await eventsUntil(to, "delivered");
    expect(events.map((one) => one.event)).toEqual(["processed", "delivered"]);
    for (const event of events) {
      expect(event).toMatchObject({ email: to, attempt_id: "att_1", timestamp: expect.any(Number) });
      expect(event["smtp-id"]).toContain(id);
      expect(String(event.sg_message_id).split(".")[0]).toBe(id);
    }
    expect(new Set(events.map((one) => one.sg_event_id)).size).toBe(2);
  });

  it.each(Object.entries(SANDBOX_MAIL_ENDS).filter(([, steps]) => steps.length > 0))(
    "tells the fate that the address %s@ chooses",
    async (local, steps) => {
      const to = `${local}+${crypto.randomUUID()}@example.com`;
      await postMail(sandbox, goodMail(to));
      const events = await eventsUntil(to, steps.at(-1)?.event ?? "");
      expect(events).toMatchObject(steps.map(({ event, fields }) => ({ event, ...fields })));
      expect(sandbox.ledger().find((one) => one.to === to)?.status).toBe(steps.at(-1)?.event);
    },
  );

  it("says nothing of silent@, though the mail was taken", async () => {
    const silent = `silent+${crypto.randomUUID()}@example.com`;
    const other = newAddress();
    await postMail(sandbox, goodMail(silent));
    await postMail(sandbox, goodMail(other));
    await eventsUntil(other, "delivered");
    expect(eventsOf(silent)).toEqual([]);
    expect(sandbox.ledger().some((one) => one.to === silent)).toBe(true);
  });

  it("posts events of several mails in one array", async () => {
    const addresses = Array.from({ length: 10 }, newAddress);
    await Promise.all(addresses.map((to) => postMail(sandbox, goodMail(to))));
    await until(() => addresses.every((to) => eventsOf(to).length === 2));
    const shared = receiver.received.some((one) => addresses.filter((to) => one.body.includes(to)).length > 1);
    expect(shared).toBe(true);
  });

  it("repeats a post until it is taken, with the same event ids", async () => {
    broken = 2;
    const to = `processed+${crypto.randomUUID()}@example.com`;
    await postMail(sandbox, goodMail(to));
    const events = await until(() => eventsOf(to).length >= 3 && eventsOf(to));
    expect(new Set(events.map((one) => one.sg_event_id)).size).toBe(1);
    const posts = receiver.received.filter((one) => one.body.includes(to));
    expect(posts.every((one) => isSigned(one, one.body))).toBe(true);
  });
});

function isSigned(post: Received, body: string): boolean {
  const key = createPublicKey({
    key: Buffer.from(sandbox.sendgridPublicKey, "base64"),
    format: "der",
    type: "spki",
  });
  const timestamp = String(post.headers["x-twilio-email-event-webhook-timestamp"]);
  const signature = String(post.headers["x-twilio-email-event-webhook-signature"]);
  return verify("sha256", Buffer.from(timestamp + body), key, Buffer.from(signature, "base64"));
}

function eventsOf(to: string): Event[] {
  const events = receiver.received.flatMap((one) => JSON.parse(one.body) as Event[]);
  return events.filter((event) => event.email === to);
}

function eventsUntil(to: string, last: string): Promise<Event[]> {
  return until(() => eventsOf(to).some((one) => one.event === last) && eventsOf(to));
}

function newAddress(): string {
  return `buyer+${crypto.randomUUID()}@example.com`;
}
