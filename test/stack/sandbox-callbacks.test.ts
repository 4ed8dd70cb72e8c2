import twilio from "twilio";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DEMO_TWILIO } from "../../dev/sandbox/accounts.ts";
import { SANDBOX_TWILIO_ENDS } from "../../dev/sandbox/magic.ts";
import type { Sandbox } from "../../dev/sandbox/server.ts";
import { armFault, goodSms, newNumber, postMessage, startDemoSandbox, startReceiver, until } from "./sandbox-kit.ts";
import type { Reaction } from "./sandbox-kit.ts";

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

let sandbox: Sandbox;
const receivers: Receiver[] = [];

beforeAll(async () => {
  sandbox = await startDemoSandbox();
});
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((one) => one.stop()));
});
afterAll(() => sandbox.stop());

const whatsapp = () => ({ To: `whatsapp:${newNumber()}`, From: `whatsapp:${DEMO_TWILIO.whatsappFrom}` });

describe("status callbacks", () => {
  it("tell of sent and delivered, signed so that Twilio's own check passes", async () => {
    const receiver = await receive();
    const form = { ...goodSms(), StatusCallback: `${receiver.url}/cb?attempt=a1&x=%20y#rc=2&rt=5000` };
    const { sid } = await create(form);
    await until(() => statuses(receiver).includes("delivered"));
    expect(statuses(receiver)).toEqual(["sent", "delivered"]);
    for (const one of receiver.received) {
      const params = Object.fromEntries(new URLSearchParams(one.body));
      expect(one.url).toBe(`${receiver.url}/cb?attempt=a1&x=%20y`);
      expect(params).toMatchObject({
        MessageSid: sid,
        SmsSid: sid,
        To: form.To,
        From: form.From,
        ApiVersion: "2010-04-01",
      });
      expect(params.AccountSid).toBe(DEMO_TWILIO.accountSid);
      expect(params.SmsStatus).toBe(params.MessageStatus);
      const signature = String(one.headers["x-twilio-signature"]);
      expect(twilio.validateRequest(DEMO_TWILIO.authToken, signature, one.url, params)).toBe(true);
      expect(twilio.validateRequest("another token", signature, one.url, params)).toBe(false);
    }
  });

  it("begin with queued when a Messaging Service sends", async () => {
    const receiver = await receive();
    const { messagingServiceSid } = DEMO_TWILIO;
    const form = { To: newNumber(), MessagingServiceSid: messagingServiceSid, Body: "x" };
    await create({ ...form, StatusCallback: receiver.url });
    await until(() => statuses(receiver).includes("delivered"));
    expect(statuses(receiver)).toEqual(["queued", "sent", "delivered"]);
    expect(fields(receiver)[0]).toMatchObject({ MessagingServiceSid: messagingServiceSid, From: DEMO_TWILIO.smsFrom });
  });

  it.each(Object.entries(SANDBOX_TWILIO_ENDS))("of %s end in %o", async (to, end) => {
    const receiver = await receive();
    const form = { ...goodSms(), To: to, StatusCallback: `${receiver.url}/?attempt=${crypto.randomUUID()}` };
    const { sid } = await create(form);
    const last = end.status === "silent" ? "sent" : end.status;
    await until(() => entry(sid)?.status === last);
    if (end.status === "silent") return expect(receiver.received).toEqual([]);
    await until(() => statuses(receiver).includes(last));
    const code = "code" in end ? String(end.code) : undefined;
    expect(fields(receiver).at(-1)).toMatchObject({ MessageStatus: last, ...(code && { ErrorCode: code }) });
  });
});

describe("WhatsApp", () => {
  it("carries a template to read, with the channel's own fields", async () => {
    const receiver = await receive();
    const ContentVariables = JSON.stringify({ 1: "S-1", 2: "shipped", 3: "1 May" });
    const form = { ...whatsapp(), ContentSid: DEMO_TWILIO.orderStatusContentSid, ContentVariables };
    const { sid } = await create({ ...form, StatusCallback: receiver.url });
    await until(() => statuses(receiver).includes("read"));
    expect(statuses(receiver)).toEqual(["sent", "delivered", "read"]);
    expect(fields(receiver).at(-1)).toMatchObject({ ChannelPrefix: "whatsapp", EventType: "READ", To: form.To });
    expect(entry(sid)?.text).toBe("Shipment ID S-1 is shipped. Updated on 1 May");
  });

  it("ends free text in 63016 until the user has written", async () => {
    const form = { ...whatsapp(), Body: "free text" };
    const closed = await create(form);
    await until(() => entry(closed.sid)?.status === "undelivered");
    const inbound = { from: form.To, to: form.From };
    await fetch(`${sandbox.url}/inbound`, { method: "POST", body: JSON.stringify(inbound) });
    const open = await create(form);
    await until(() => entry(open.sid)?.status === "read");
    expect(entry(closed.sid)?.status).toBe("undelivered");
  });

  it("tells of free text out of the window with the code", async () => {
    const receiver = await receive();
    await create({ ...whatsapp(), Body: "free text", StatusCallback: receiver.url });
    await until(() => receiver.received.length > 0);
    expect(fields(receiver)).toMatchObject([{ MessageStatus: "undelivered", ErrorCode: "63016" }]);
  });
});

describe("a callback that fails", () => {
  it("is repeated as rc and rp say, with one idempotency token", async () => {
    const receiver = await receive(() => 503);
    await create({ ...sentOnly(), StatusCallback: `${receiver.url}/#rc=2&rp=5xx` });
    await until(() => receiver.received.length >= 3);
    expect(statuses(receiver)).toEqual(["sent", "sent", "sent"]);
    expect(new Set(receiver.received.map((one) => one.headers["i-twilio-idempotency-token"])).size).toBe(1);
  });

  it.each([
    ["no overrides", "", 500],
    ["another policy", "#rc=3&rp=5xx", 404],
    ["a count of 0", "#rc=0&rp=all", 500],
  ])("is posted once for %s", async (_case, fragment, status) => {
    const receiver = await receive(() => status);
    await create({ ...goodSms(), StatusCallback: `${receiver.url}/${fragment}` });
    await until(() => statuses(receiver).includes("delivered"));
    expect(statuses(receiver)).toEqual(["sent", "delivered"]);
  });

  it.each<[string, string, Reaction]>([
    ["a broken connection, without being asked to", "", "break"],
    ["silence, when rp has rt", "#rc=1&rp=rt&rt=100", "hang"],
  ])("is repeated after %s", async (_case, fragment, first) => {
    const receiver = await receive((n) => (n === 1 ? first : 200));
    await create({ ...sentOnly(), StatusCallback: `${receiver.url}/${fragment}` });
    await until(() => receiver.received.length === 2);
    expect(statuses(receiver)).toEqual(["sent", "sent"]);
  });

  it("is not repeated once it was taken", async () => {
    const receiver = await receive((n) => (n === 1 ? 500 : 200));
    await create({ ...goodSms(), StatusCallback: `${receiver.url}/#rc=5&rp=all` });
    await until(() => statuses(receiver).includes("delivered"));
    expect(statuses(receiver)).toEqual(["sent", "sent", "delivered"]);
  });

  it.each([
    ["drop", {}, ["delivered"]],
    ["duplicate", {}, ["sent", "sent", "delivered"]],
    ["delay", { delayMs: 150 }, ["delivered", "sent"]],
  ])("by a %s fault shows in what arrives", async (kind, more, expected) => {
    const receiver = await receive();
    const form = { ...goodSms(), StatusCallback: receiver.url };
    await armFault(sandbox, {
      provider: "twilio",
      operation: "callback",
      match: { to: form.To },
      times: 1,
      kind,
      ...more,
    });
    await create(form);
    await until(() => receiver.received.length >= expected.length);
    expect(statuses(receiver)).toEqual(expected);
  });
});

/** A message whose life has one callback, so that repeats are not mixed up with the next status. */
function sentOnly() {
  return { ...goodSms(), To: "+15005553001" };
}

async function create(form: Record<string, string>): Promise<{ sid: string }> {
  const answer = await postMessage(sandbox, form);
  expect(answer.status).toBe(201);
  return (await answer.json()) as { sid: string };
}

async function receive(react?: (n: number) => Reaction): Promise<Receiver> {
  const receiver = await startReceiver(react);
  receivers.push(receiver);
  return receiver;
}

function fields(receiver: Receiver): Record<string, string>[] {
  return receiver.received.map((one) => Object.fromEntries(new URLSearchParams(one.body)));
}

function statuses(receiver: Receiver): (string | undefined)[] {
  return fields(receiver).map((one) => one.MessageStatus);
}

function entry(sid: string) {
  return sandbox.ledger().find((one) => one.id === sid);
}
