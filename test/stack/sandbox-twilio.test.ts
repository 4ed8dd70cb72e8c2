import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_TWILIO, DEMO_TWILIO_OPTIONS } from "../../dev/sandbox/accounts.ts";
import { TWILIO_MAGIC_FROM, TWILIO_MAGIC_TO } from "../../dev/sandbox/magic.ts";
import type { Sandbox } from "../../dev/sandbox/server.ts";
import {
  demoBasic,
  goodSms,
  messagesUrl,
  newNumber,
  postMessage,
  startDemoSandbox,
  twilioClient,
  until,
} from "./sandbox-kit.ts";

const OTHER_ACCOUNT = {
  accountSid: `AC${"e".repeat(32)}`,
  authToken: "other-token",
  senders: ["+14155559999"],
};

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startDemoSandbox({
    twilio: { ...DEMO_TWILIO_OPTIONS, extraAccounts: [OTHER_ACCOUNT] },
  });
});

afterAll(() => sandbox.stop());

describe("Twilio's own client works against the sandbox", () => {
  it("creates a message that is queued, in the shape of the specification", async () => {
    const to = newNumber();
    const message = await twilioClient(sandbox).messages.create({ to, from: DEMO_TWILIO.smsFrom, body: "Hello" });
    expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(message).toMatchObject({
      status: "queued",
      numSegments: "1",
      to,
      from: DEMO_TWILIO.smsFrom,
      dateSent: null,
    });
    expect(Math.abs(message.dateCreated.getTime() - Date.now())).toBeLessThan(5_000);
    expect(message.uri).toBe(`/2010-04-01/Accounts/${DEMO_TWILIO.accountSid}/Messages/${message.sid}.json`);
  });

  it("lets a Messaging Service accept first and pick the sender later", async () => {
    const client = twilioClient(sandbox);
    const { messagingServiceSid } = DEMO_TWILIO;
    const message = await client.messages.create({ to: newNumber(), messagingServiceSid, body: "Hello" });
    expect(message).toMatchObject({ status: "accepted", from: null, numSegments: "0", messagingServiceSid });
    const sent = await until(async () => {
      const now = await client.messages(message.sid).fetch();
      return now.status === "delivered" && now;
    });
    expect(sent).toMatchObject({ from: DEMO_TWILIO.smsFrom, numSegments: "1" });
  });

  it("lists newest first, page by page, without losing or repeating a message", async () => {
    const client = twilioClient(sandbox);
    const to = newNumber();
    const sids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const message = await client.messages.create({ to, from: DEMO_TWILIO.smsFrom, body: `number ${n}` });
      sids.unshift(message.sid);
    }
    const listed = await client.messages.list({ to, pageSize: 2 });
    expect(listed.map((message) => message.sid)).toEqual(sids);
  });

  it("filters by sender and by the day of sending", async () => {
    const client = twilioClient(sandbox);
    const to = newNumber();
    const { sid } = await client.messages.create({ to, from: DEMO_TWILIO.smsFrom, body: "dated" });
    await until(async () => (await client.messages(sid).fetch()).status === "delivered");
    const day = 86_400_000;
    const count = async (filter: object) => (await client.messages.list({ to, ...filter })).length;
    expect(await count({ from: DEMO_TWILIO.smsFrom })).toBe(1);
    expect(await count({ from: newNumber() })).toBe(0);
    expect(await count({ dateSentAfter: new Date(Date.now() - day) })).toBe(1);
    expect(await count({ dateSentAfter: new Date(Date.now() + day) })).toBe(0);
    expect(await count({ dateSentBefore: new Date(Date.now() + day) })).toBe(1);
    expect(await count({ dateSentBefore: new Date(Date.now() - day) })).toBe(0);
  });

  it("takes an API key in place of the auth token, and nothing else", async () => {
    const form = { to: newNumber(), from: DEMO_TWILIO.smsFrom, body: "Hello" };
    const byKey = twilioClient(sandbox, DEMO_TWILIO.apiKeySid, DEMO_TWILIO.apiKeySecret);
    expect((await byKey.messages.create(form)).status).toBe("queued");
    const error = await twilioClient(sandbox, DEMO_TWILIO.accountSid, "wrong")
      .messages.create(form)
      .catch((e) => e);
    expect(error).toBeInstanceOf(twilio.RestException);
    expect(error).toMatchObject({ status: 401, code: 20003 });
  });
});

describe("a refusal has Twilio's code and body", () => {
  it.each(Object.entries(TWILIO_MAGIC_TO))("To %s is refused with %i", async (to, code) => {
    const answer = await postMessage(sandbox, { ...goodSms(), To: to });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      code,
      message: expect.any(String),
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status: 400,
    });
  });

  it.each(Object.entries(TWILIO_MAGIC_FROM))("From %s is refused with %i", async (from, code) => {
    expect(await refusal({ ...goodSms(), From: from })).toMatchObject({ code, status: 400 });
  });

  const whatsapp = { To: "whatsapp:+14155550100", From: `whatsapp:${DEMO_TWILIO.whatsappFrom}` };
  const template = { ...whatsapp, ContentSid: DEMO_TWILIO.orderStatusContentSid };
  const unknownService = `MG${"f".repeat(32)}`;
  it.each<[number, string, Record<string, string>]>([
    [21604, "no To", { From: DEMO_TWILIO.smsFrom, Body: "x" }],
    [21211, "a To that is no number", { ...goodSms(), To: "+999" }],
    [21603, "no sender", { To: "+14155550100", Body: "x" }],
    [21602, "an empty Body", { ...goodSms(), Body: "" }],
    [21619, "nothing to send", { To: "+14155550100", From: DEMO_TWILIO.smsFrom }],
    [21617, "1601 characters", { ...goodSms(), Body: "x".repeat(1601) }],
    [21659, "a From that nobody owns", { ...goodSms(), From: "+14155558888" }],
    [21660, "a From of another account", { ...goodSms(), From: "+14155559999" }],
    [21212, "a From that is no sender", { ...goodSms(), From: "no!" }],
    [21705, "a malformed Messaging Service", { To: "+14155550100", MessagingServiceSid: "MG1", Body: "x" }],
    [21701, "an unknown Messaging Service", { To: "+14155550100", MessagingServiceSid: unknownService, Body: "x" }],
    [21910, "a WhatsApp To from an SMS sender", { ...goodSms(), To: whatsapp.To }],
    [63007, "an unknown WhatsApp sender", { ...whatsapp, From: "whatsapp:+14155551111", Body: "x" }],
    [21654, "variables without a template", { ...goodSms(), ContentVariables: "{}" }],
    [21655, "an unknown template", { ...whatsapp, ContentSid: `HX${"f".repeat(32)}` }],
    [21656, "variables that are no JSON", { ...template, ContentVariables: "{" }],
    [21656, "an empty variable", { ...template, ContentVariables: '{"1":"","2":"b","3":"c"}' }],
    [21656, "a missing variable", { ...template, ContentVariables: '{"1":"a"}' }],
    [21624, "a ValidityPeriod over ten hours", { ...goodSms(), ValidityPeriod: "36001" }],
    [21609, "a StatusCallback with an underscore", { ...goodSms(), StatusCallback: "https://a_b.example/" }],
  ])("%i for %s", async (code, _case, form) => {
    expect(await refusal(form)).toMatchObject({ code });
  });

  it("takes a Body of 1600 characters and the limits of ValidityPeriod", async () => {
    const form = { ...goodSms(), Body: "x".repeat(1600) };
    for (const ValidityPeriod of ["1", "36000"]) {
      expect((await postMessage(sandbox, { ...form, ValidityPeriod })).status).toBe(201);
    }
  });

  it("leaves nothing of a refused message", async () => {
    const to = newNumber();
    await refusal({ ...goodSms(to), Body: "" });
    expect(await twilioClient(sandbox).messages.list({ to })).toEqual([]);
    expect(sandbox.ledger().filter((entry) => entry.to === to)).toEqual([]);
  });

  it("answers 404 for messages that are not there, 405 for methods that are not", async () => {
    const headers = { authorization: demoBasic() };
    const absent = await fetch(`${messagesUrl(sandbox)}/SM${"0".repeat(32)}.json`, { headers });
    expect([absent.status, await absent.json()]).toMatchObject([404, { code: 20404, status: 404 }]);
    const wrong = await fetch(`${messagesUrl(sandbox)}.json`, { method: "PUT", headers });
    expect([wrong.status, await wrong.json()]).toMatchObject([405, { code: 20004 }]);
  });

  it("keeps accounts apart", async () => {
    const mine = await twilioClient(sandbox).messages.create({ to: newNumber(), from: DEMO_TWILIO.smsFrom, body: "x" });
    const { accountSid, authToken } = OTHER_ACCOUNT;
    const url = `${sandbox.twilioUrl}/2010-04-01/Accounts/${accountSid}/Messages/${mine.sid}.json`;
    const headers = { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` };
    expect((await fetch(url, { headers })).status).toBe(404);
    const list = await fetch(url.replace(`/${mine.sid}`, ""), { headers });
    expect(await list.json()).toMatchObject({ messages: [] });
    expect((await fetch(`${messagesUrl(sandbox)}/${mine.sid}.json`, { headers })).status).toBe(401);
  });
});

async function refusal(form: Record<string, string>): Promise<unknown> {
  return (await postMessage(sandbox, form)).json();
}
