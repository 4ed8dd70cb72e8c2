import { createHmac, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DEMO_RESEND } from "../../dev/sandbox/accounts.ts";
import { SANDBOX_RESEND_ENDS } from "../../dev/sandbox/magic.ts";
import type { Sandbox } from "../../dev/sandbox/server.ts";
import { createResendEmail } from "../../src/gateways/resend/resend-email.ts";
import { armFault, startDemoSandbox, startReceiver, until } from "./sandbox-kit.ts";
import type { Received } from "./sandbox-kit.ts";

let sandbox: Sandbox;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let broken = 0;

beforeAll(async () => {
  receiver = await startReceiver(() => (broken-- > 0 ? 503 : 200));
  sandbox = await startDemoSandbox({ eventWebhookUrl: `${receiver.url}/callbacks/resend` });
});
afterEach(async () => {
  broken = 0;
  await fetch(`${sandbox.url}/faults`, { method: "DELETE" });
});
afterAll(async () => {
  await sandbox.stop();
  await receiver.stop();
});

function newAddress(local = "buyer"): string {
  return `${local}+${randomUUID()}@customer.example`;
}

/** A mail that breaks no rule. */
function goodMail(to: string) {
  return { from: `Shop <${DEMO_RESEND.fromEmail}>`, to: [to], subject: "Shipment", text: "plain", html: "<p>html</p>" };
}

type Told = { status: number; body: Record<string, unknown> };

async function ask(path: string, init: RequestInit = {}, key: string = DEMO_RESEND.apiKey): Promise<Told> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${key}`);
  headers.set("content-type", "application/json");
  const answer = await fetch(`${sandbox.resendUrl}${path}`, { ...init, headers });
  return { status: answer.status, body: (await answer.json()) as Told["body"] };
}

function post(mail: unknown, idempotencyKey?: string, key?: string): Promise<Told> {
  const headers = new Headers();
  if (idempotencyKey !== undefined) headers.set("idempotency-key", idempotencyKey);
  return ask("/emails", { method: "POST", headers, body: JSON.stringify(mail) }, key);
}

function takenBy(to: string) {
  return sandbox.ledger().filter((entry) => entry.to === to);
}

describe("sending", () => {
  it("takes a mail with 200 and an id, once", async () => {
    const to = newAddress();
    const { status, body } = await post(goodMail(to));
    expect(status).toBe(200);
    expect(takenBy(to)).toMatchObject([
      { id: body["id"], provider: "resend", account: "Sandbox1", from: DEMO_RESEND.fromEmail, subject: "Shipment" },
    ]);
  });

  it("answers the same request under the same key by the same id, and takes nothing again", async () => {
    const [to, key] = [newAddress(), randomUUID()];
    const first = await post(goodMail(to), key);
    expect(await post(goodMail(to), key)).toEqual(first);
    expect(takenBy(to)).toHaveLength(1);
  });

  it("refuses another body under the same key", async () => {
    const [to, key] = [newAddress(), randomUUID()];
    await post(goodMail(to), key);
    const second = await post({ ...goodMail(to), subject: "Other" }, key);
    expect(second).toMatchObject({ status: 409, body: { statusCode: 409, name: "invalid_idempotent_request" } });
    expect(takenBy(to)).toHaveLength(1);
  });

  it("forgets the key of what it refused", async () => {
    const [to, key] = [newAddress(), randomUUID()];
    expect((await post({ ...goodMail(to), from: "a@b.example" }, key)).status).toBe(403);
    expect((await post(goodMail(to), key)).status).toBe(200);
  });

  const good = goodMail("buyer@customer.example");
  it.each<[number, string, string, unknown]>([
    [422, "missing_required_field", "no sender", { ...good, from: undefined }],
    [422, "missing_required_field", "no recipient", { ...good, to: [] }],
    [422, "missing_required_field", "no subject", { ...good, subject: "" }],
    [422, "missing_required_field", "no text at all", { ...good, text: undefined, html: undefined }],
    [422, "validation_error", "a sender that is none", { ...good, from: "shop" }],
    [422, "validation_error", "a recipient that is none", { ...good, to: ["buyer@"] }],
    [422, "validation_error", "an example's domain", { ...good, to: ["buyer@example.com"] }],
    [422, "validation_error", "a tag with a space", { ...good, tags: [{ name: "a", value: "b c" }] }],
    [422, "validation_error", "a tag that is too long", { ...good, tags: [{ name: "a", value: "b".repeat(257) }] }],
    [403, "validation_error", "a domain that is not verified", { ...good, from: "who@elsewhere.example" }],
  ])("answers %i %s for %s, and takes nothing", async (status, name, _case, mail) => {
    const before = sandbox.ledger().length;
    expect(await post(mail)).toMatchObject({ status, body: { statusCode: status, name, message: expect.any(String) } });
    expect(sandbox.ledger().length).toBe(before);
  });

  it("refuses keys that are wrong, and those that may only send when they ask", async () => {
    expect(await post(good, undefined, "re_wrong")).toMatchObject({
      status: 401,
      body: { message: "API key is invalid" },
    });
    expect((await post(good, undefined, DEMO_RESEND.sendOnlyKey)).status).toBe(200);
    expect(await ask("/emails", {}, DEMO_RESEND.sendOnlyKey)).toMatchObject({ status: 401 });
  });
});

describe("listing and retrieving", () => {
  it("shows the newest first, page by page, without texts and tags", async () => {
    const mails = [newAddress(), newAddress(), newAddress()];
    for (const to of mails) await post({ ...goodMail(to), tags: [{ name: "attempt_id", value: "att_1" }] });

    const first = await ask("/emails?limit=2");
    const data = first.body["data"] as Record<string, unknown>[];
    expect(first.body["has_more"]).toBe(true);
    expect(data.map(({ to }) => to)).toEqual([[mails[2]], [mails[1]]]);
    expect(data[0]).not.toHaveProperty("text");
    const second = await ask(`/emails?limit=2&after=${String(data[1]?.["id"])}`);
    expect((second.body["data"] as Record<string, unknown>[])[0]?.["to"]).toEqual([mails[0]]);

    const shown = await ask(`/emails/${String(data[0]?.["id"])}`);
    expect(shown.body).toMatchObject({ text: "plain", tags: [{ name: "attempt_id", value: "att_1" }] });
  });

  it("knows no other mail", async () => {
    expect(await ask(`/emails/${randomUUID()}`)).toMatchObject({ status: 404, body: { name: "not_found" } });
    expect(await ask("/emails/1")).toMatchObject({ status: 422, body: { name: "invalid_parameter" } });
  });
});

function postsAbout(to: string): Received[] {
  return receiver.received.filter(({ body }) => body.includes(to));
}

async function eventsOf(to: string, last: string) {
  const told = () => postsAbout(to).map(({ body }) => JSON.parse(body) as { type: string });
  await until(() => told().some(({ type }) => type === `email.${last}`));
  return told().map(({ type }) => type.replace("email.", ""));
}

describe("the webhook", () => {
  it.each(Object.entries(SANDBOX_RESEND_ENDS).filter(([, steps]) => steps.length > 0))(
    "tells the fate that the address %s@ chooses",
    async (local, steps) => {
      const to = newAddress(local);
      await post(goodMail(to));
      const names = steps.map(({ event }) => event);
      expect(await eventsOf(to, names.at(-1) ?? "")).toEqual(names);
      expect(takenBy(to)[0]?.status).toBe(names.at(-1));
    },
  );

  it("is signed over its id, its time and its body, and gives tags back as an object", async () => {
    const to = newAddress("processed");
    await post({ ...goodMail(to), tags: [{ name: "attempt_id", value: "att_1" }] });
    const { headers, body } = await until(() => postsAbout(to)[0]);

    const key = Buffer.from(sandbox.resendWebhookSecret.replace("whsec_", ""), "base64");
    const signed = `${String(headers["svix-id"])}.${String(headers["svix-timestamp"])}.${body}`;
    expect(headers["svix-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
    expect(JSON.parse(body)).toMatchObject({ type: "email.sent", data: { to: [to], tags: { attempt_id: "att_1" } } });
  });

  it("posts an event again until it is taken, with the same id", async () => {
    broken = 2;
    const to = newAddress("processed");
    await post(goodMail(to));
    const posts = await until(() => postsAbout(to).length >= 3 && postsAbout(to));
    expect(new Set(posts.map(({ headers }) => headers["svix-id"])).size).toBe(1);
  });

  it("may be dropped or doubled", async () => {
    const [dropped, doubled] = [newAddress("processed"), newAddress("processed")];
    await armFault(sandbox, { provider: "resend", operation: "callback", kind: "drop", match: { to: dropped } });
    await armFault(sandbox, { provider: "resend", operation: "callback", kind: "duplicate", match: { to: doubled } });
    await post(goodMail(dropped));
    await post(goodMail(doubled));
    await until(() => postsAbout(doubled).length === 2);
    expect(postsAbout(dropped)).toEqual([]);
  });
});

describe("the adapter, against the sandbox", () => {
  function adapter(callTimeoutMs = 2_000) {
    const { apiKey, fromEmail } = DEMO_RESEND;
    return createResendEmail({ apiUrl: sandbox.resendUrl, apiKey, fromEmail, fromName: "Shop", callTimeoutMs }, fetch);
  }

  function aMessage(to = newAddress()) {
    const attemptId = `att_${randomUUID().replaceAll("-", "")}`;
    const variables = { 1: "SH-1", 2: "shipped", 3: "2026-11-23 08:00:05" };
    const texts = { subject: "Order Status Update", text: `Shipment ${attemptId}`, html: "<p>Shipment</p>" };
    return { enterpriseId: "ent é/1", attemptId, to, sender: null, ...texts, contentSid: null, variables };
  }

  it.each([
    ["a connection closed after the acceptance", { kind: "accept_then_drop" }],
    ["a 500 after the acceptance", { kind: "status", status: 500, accepted: true }],
    ["silence after the acceptance", { kind: "hang", accepted: true }],
  ])("is told the one acceptance in spite of %s", async (_what, fault) => {
    const message = aMessage();
    await armFault(sandbox, { provider: "resend", operation: "send", times: 1, match: { to: message.to }, ...fault });
    const outcome = await adapter(600).send(message);
    const taken = takenBy(message.to);
    expect(taken).toHaveLength(1);
    expect(taken[0]?.attempt).toBe(message.attemptId);
    expect(outcome).toEqual({ kind: "accepted", providerId: taken[0]?.id });
  });

  it("finds what it has sent, with and without its id", async () => {
    const startedAt = Date.now();
    const message = aMessage();
    const sent = await adapter().send(message);
    const providerId = sent.kind === "accepted" ? sent.providerId : null;
    for (const id of [providerId, null]) {
      const answer = await adapter().lookUp?.({ message, startedAt, providerId: id });
      expect(answer).toMatchObject({ kind: "found", messages: [{ providerId }] });
    }
    const other = aMessage(message.to);
    expect(await adapter().lookUp?.({ message: other, startedAt, providerId: null })).toEqual({
      kind: "found",
      messages: [],
    });
  });
});
