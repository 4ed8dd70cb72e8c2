import { describe, expect, test } from "vitest";
import { createSendgridEmail } from "../../../src/gateways/sendgrid/sendgrid-email.ts";
import { parseMailbox } from "../../../src/gateways/sendgrid/mailbox.ts";
import { aMessage, jsonResponse, recordingFetch } from "./support.ts";

const CONFIG = { apiUrl: "https://sendgrid.test", apiKey: "SG.key", fromEmail: "orders@shop.test", fromName: "Shop" };
const accepted = () => new Response(null, { status: 202, headers: { "x-message-id": "sg1" } });

describe("SendGrid e-mail", () => {
  test("asks for exactly one mail, with text before HTML and without tracking", async () => {
    const { fetch, sent } = recordingFetch(accepted);
    const message = aMessage({ to: "ana@example.test", subject: "Pedido nº 1" });

    await createSendgridEmail(CONFIG, fetch).send(message);

    expect(sent[0]?.url).toBe("https://sendgrid.test/v3/mail/send");
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer SG.key");
    expect(sent[0]?.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(sent[0]?.body ?? "")).toEqual({
      personalizations: [{ to: [{ email: "ana@example.test" }] }],
      from: { email: "orders@shop.test", name: "Shop" },
      subject: "Pedido nº 1",
      content: [
        { type: "text/plain", value: message.text },
        { type: "text/html", value: message.html },
      ],
      custom_args: { enterprise_id: message.enterpriseId, attempt_id: message.attemptId },
      tracking_settings: { click_tracking: { enable: false, enable_text: false }, open_tracking: { enable: false } },
    });
  });

  test("leaves an empty part out, which SendGrid would refuse", async () => {
    const { fetch, sent } = recordingFetch(accepted);
    const message = aMessage({ html: "" });

    await createSendgridEmail(CONFIG, fetch).send(message);

    expect(JSON.parse(sent[0]?.body ?? "").content).toEqual([{ type: "text/plain", value: message.text }]);
  });

  test.each([
    ["the configured one", CONFIG, null, { email: "orders@shop.test", name: "Shop" }],
    ["the configured one without a name", { ...CONFIG, fromName: "" }, null, { email: "orders@shop.test" }],
    ["the gateway's address", CONFIG, "other@shop.test", { email: "other@shop.test" }],
    ["the gateway's name and address", CONFIG, "Other <other@shop.test>", { email: "other@shop.test", name: "Other" }],
  ])("sends by %s", async (_what, config, sender, expected) => {
    const { fetch, sent } = recordingFetch(accepted);

    await createSendgridEmail(config, fetch).send(aMessage({ sender }));

    expect(JSON.parse(sent[0]?.body ?? "").from).toEqual(expected);
  });

  test("counts sandbox mode's 200 as an acceptance", async () => {
    const { fetch } = recordingFetch(() => new Response(null, { status: 200, headers: { "x-message-id": "sg2" } }));

    const outcome = await createSendgridEmail(CONFIG, fetch).send(aMessage());

    expect(outcome).toEqual({ kind: "accepted", providerId: "sg2" });
  });

  test.each(["apiUrl", "apiKey", "fromEmail"])("makes no call without %s", async (name) => {
    const { fetch, sent } = recordingFetch(accepted);

    const outcome = await createSendgridEmail({ ...CONFIG, [name]: "" }, fetch).send(aMessage());

    expect(outcome).toMatchObject({ kind: "misconfigured", code: "not_configured" });
    expect(sent).toHaveLength(0);
  });
});

test.each([
  ["a@b.test", { email: "a@b.test", name: "" }],
  [" a@b.test ", { email: "a@b.test", name: "" }],
  ["<a@b.test>", { email: "a@b.test", name: "" }],
  ["Ana Gómez <a@b.test>", { email: "a@b.test", name: "Ana Gómez" }],
  ['"Shop, \\"Ltd\\"" <a@b.test>', { email: "a@b.test", name: 'Shop, "Ltd"' }],
])("reads the mailbox %s", (text, expected) => {
  expect(parseMailbox(text)).toEqual(expected);
});

describe("SendGrid's errors", () => {
  const outcomeOf = (status: number, errors: unknown[], headers = {}) =>
    createSendgridEmail(CONFIG, recordingFetch(() => jsonResponse(status, { errors }, headers)).fetch).send(aMessage());

  test.each([401, 403, 404, 405, 406, 413, 415])("%i is for an operator", async (status) => {
    expect(await outcomeOf(status, [{ field: "null", message: "no" }])).toMatchObject({
      kind: "misconfigured",
      code: String(status),
    });
  });

  test.each([
    ["personalizations.0.to.0.email", "400 personalizations.to.email"],
    ["personalizations.0.to", "400 personalizations.to"],
    ["personalizations.12.cc.3.email", "400 personalizations.cc.email"],
  ])("400 about %s is a rejected recipient", async (field, code) => {
    expect(await outcomeOf(400, [{ field, message: "a@b.test is bad" }])).toEqual({
      kind: "rejected",
      code,
      reason: "not a valid e-mail address",
      otherGateway: false,
    });
  });

  test.each(["from", "from.email", "reply_to.email", "subject", "personalizations.0.subject", "content.0.value"])(
    "400 about %s is for an operator",
    async (field) => {
      expect(await outcomeOf(400, [{ field, message: "no" }])).toMatchObject({ kind: "misconfigured" });
    },
  );

  test.each([
    ["no field", [{ field: null, message: "bad request" }]],
    ["a field that we do not know", [{ field: "asm.group_id", message: "bad" }]],
    ["a field that is none", [{ field: "ana <a@b.test>", message: "bad" }]],
    ["nothing", []],
    ["an error of another shape", ["bad"]],
  ])("400 about %s is rejected, by its status only", async (_what, errors) => {
    expect(await outcomeOf(400, errors)).toEqual({
      kind: "rejected",
      code: "400",
      reason: "SendGrid refused the message (HTTP 400)",
      otherGateway: false,
    });
  });

  test("the first field that we know decides", async () => {
    const errors = [{ field: null }, { field: "from.email" }, { field: "personalizations.0.to.0.email" }];

    expect(await outcomeOf(400, errors)).toMatchObject({ kind: "misconfigured", code: "400 from.email" });
  });

  test("429 without Retry-After waits for the reset of the limit", async () => {
    const reset = Math.floor(Date.now() / 1000) + 30;

    const outcome = await outcomeOf(429, [{ field: null }], { "x-ratelimit-reset": String(reset) });

    const wait = outcome.kind === "refused" ? outcome.retryAfterMs : undefined;
    expect(wait).toBeGreaterThan(20_000);
    expect(wait).toBeLessThanOrEqual(30_000);
  });

  test("the reset of the limit, which every answer carries, does not make a stranger's 503 a refusal", async () => {
    const answer = () => new Response("down", { status: 503, headers: { "x-ratelimit-reset": "1" } });
    const outcome = await createSendgridEmail(CONFIG, recordingFetch(answer).fetch).send(aMessage());

    expect(outcome).toMatchObject({ kind: "ambiguous", code: "503" });
  });
});
