import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DEMO_SENDGRID, DEMO_TWILIO } from "../../dev/sandbox/accounts.ts";
import type { LedgerEntry } from "../../dev/sandbox/options.ts";
import { countSegments } from "../../dev/sandbox/segments.ts";
import type { Sandbox } from "../../dev/sandbox/server.ts";
import { goodMail, newNumber, postMail, postMessage, startDemoSandbox } from "./sandbox-kit.ts";

let sandbox: Sandbox;
const announced: LedgerEntry[] = [];

beforeAll(async () => {
  sandbox = await startDemoSandbox({ onMessage: (entry) => announced.push(entry) });
});
afterEach(() => fetch(`${sandbox.url}/ledger`, { method: "DELETE" }));
afterAll(() => sandbox.stop());

describe("the ledger", () => {
  it("has an SMS with its text and the attempt of its callback URL", async () => {
    const To = newNumber();
    const StatusCallback = "http://127.0.0.1:9/cb?attempt=att_7#rc=0";
    await postMessage(sandbox, { To, From: DEMO_TWILIO.smsFrom, Body: "Paid: 5 € 🎉", StatusCallback });
    expect(await ledger()).toMatchObject([
      {
        channel: "sms",
        to: To,
        from: DEMO_TWILIO.smsFrom,
        subject: null,
        text: "Paid: 5 € 🎉",
        html: null,
        attempt: "att_7",
      },
    ]);
  });

  it("has a WhatsApp template with its rendered text and its variables, and numbers without prefix", async () => {
    const to = newNumber();
    const variables = { 1: "S-1", 2: "shipped", 3: "now" };
    await postMessage(sandbox, {
      To: `whatsapp:${to}`,
      From: `whatsapp:${DEMO_TWILIO.whatsappFrom}`,
      ContentSid: DEMO_TWILIO.orderStatusContentSid,
      ContentVariables: JSON.stringify(variables),
    });
    expect(await ledger()).toMatchObject([
      {
        channel: "whatsapp",
        to,
        from: DEMO_TWILIO.whatsappFrom,
        text: "Shipment ID S-1 is shipped. Updated on now",
        attempt: null,
        contentSid: DEMO_TWILIO.orderStatusContentSid,
        contentVariables: variables,
      },
    ]);
  });

  it("has every recipient of a mail, whole", async () => {
    const mail = { ...goodMail("a@example.com"), custom_args: { attempt_id: "att_8" } };
    mail.personalizations.push({ to: [{ email: "b@example.com" }] });
    const id = (await postMail(sandbox, mail)).headers.get("x-message-id");
    const [first, second] = await ledger();
    expect(first).toEqual({
      channel: "email",
      to: "a@example.com",
      from: DEMO_SENDGRID.fromEmail,
      subject: "Shipment",
      text: "plain",
      html: "<p>html</p>",
      attempt: "att_8",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      id,
      provider: "sendgrid",
      account: DEMO_SENDGRID.apiKey.split(".")[1],
      status: expect.any(String),
      contentSid: null,
      contentVariables: null,
    });
    expect(second).toMatchObject({ to: "b@example.com", id });
  });

  it("gives what came since an index, announces each entry, and can be emptied", async () => {
    announced.length = 0;
    for (const body of ["one", "two"]) {
      await postMessage(sandbox, { To: newNumber(), From: DEMO_TWILIO.smsFrom, Body: body });
    }
    expect((await ledger("?since=1")).map((entry) => entry.text)).toEqual(["two"]);
    expect(announced.map((entry) => entry.text)).toEqual(["one", "two"]);
    expect((await fetch(`${sandbox.url}/ledger`, { method: "DELETE" })).status).toBe(204);
    expect(await ledger()).toEqual([]);
  });
});

describe("segments", () => {
  it.each([
    [1, "160 GSM characters", "x".repeat(160)],
    [2, "161 GSM characters", "x".repeat(161)],
    [2, "306 GSM characters", "x".repeat(306)],
    [3, "307 GSM characters", "x".repeat(307)],
    [1, "80 characters of the extension table", "€".repeat(80)],
    [2, "81 characters of the extension table", "€".repeat(81)],
    [1, "70 UCS-2 units", "ж".repeat(70)],
    [2, "71 UCS-2 units", "ж".repeat(71)],
    [3, "67 surrogate pairs, which are never cut", "🎉".repeat(67)],
  ])("%i for %s", (segments, _case, text) => {
    expect(countSegments(text)).toBe(segments);
  });
});

async function ledger(query = ""): Promise<LedgerEntry[]> {
  return (await (await fetch(`${sandbox.url}/ledger${query}`)).json()) as LedgerEntry[];
}
