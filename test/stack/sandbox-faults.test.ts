import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../dev/sandbox/server.ts";
import {
  armFault,
  demoBasic,
  goodMail,
  goodSms,
  messagesUrl,
  newNumber,
  postMail,
  postMessage,
  startDemoSandbox,
  startReceiver,
  until,
} from "./sandbox-kit.ts";

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startDemoSandbox();
});
afterEach(async () => {
  await fetch(`${sandbox.url}/faults`, { method: "DELETE" });
  await fetch(`${sandbox.url}/ledger`, { method: "DELETE" });
});
afterAll(() => sandbox.stop());

describe("refuse", () => {
  it("refuses connections of one provider only, until it is cleared", async () => {
    await armFault(sandbox, { provider: "twilio", kind: "refuse" });
    expect(await brokenBy(postMessage(sandbox, goodSms()))).toBe("ECONNREFUSED");
    expect((await postMail(sandbox, goodMail("a@example.com"))).status).toBe(202);
    await fetch(`${sandbox.url}/faults`, { method: "DELETE" });
    expect((await postMessage(sandbox, goodSms())).status).toBe(201);
  });

  it("with times destroys that many connections unread", async () => {
    await armFault(sandbox, { provider: "sendgrid", kind: "refuse", times: 2 });
    expect(await brokenBy(postMail(sandbox, goodMail("a@example.com")))).not.toBeNull();
    expect(await brokenBy(postMail(sandbox, goodMail("a@example.com")))).not.toBeNull();
    expect((await postMail(sandbox, goodMail("a@example.com"))).status).toBe(202);
    expect(sandbox.ledger()).toHaveLength(1);
  });
});

describe("status", () => {
  it("answers with the provider's own body and the given headers, and takes nothing", async () => {
    await armFault(sandbox, { provider: "twilio", kind: "status", status: 429, headers: { "retry-after": "7" } });
    const limited = await postMessage(sandbox, goodSms());
    expect(limited.status).toBe(429);
    expect(limited.headers.get("retry-after")).toBe("7");
    expect(await limited.json()).toMatchObject({ code: 20429, status: 429 });
    await armFault(sandbox, { provider: "sendgrid", kind: "status", status: 503 });
    const down = await postMail(sandbox, goodMail("a@example.com"));
    expect([down.status, await down.json()]).toMatchObject([503, { errors: [{ message: "service unavailable" }] }]);
    expect(sandbox.ledger()).toEqual([]);
  });

  it("answers with no body, or with a text, or a redirect", async () => {
    await armFault(sandbox, { provider: "twilio", kind: "status", status: 502, body: "none", times: 1 });
    expect(await (await postMessage(sandbox, goodSms())).text()).toBe("");
    await armFault(sandbox, { provider: "twilio", kind: "status", status: 500, body: "<h1>oops</h1>", times: 1 });
    expect(await (await postMessage(sandbox, goodSms())).text()).toBe("<h1>oops</h1>");
    expect((await postMessage(sandbox, goodSms())).status).toBe(201);
  });

  it("may come although the message was taken", async () => {
    await armFault(sandbox, { provider: "twilio", kind: "status", status: 500, accepted: true });
    expect((await postMessage(sandbox, goodSms())).status).toBe(500);
    expect(sandbox.ledger()).toHaveLength(1);
  });
});

describe("time", () => {
  it("delay takes the message at once and answers later", async () => {
    await armFault(sandbox, { provider: "twilio", kind: "delay", delayMs: 400 });
    const begin = performance.now();
    const answer = postMessage(sandbox, goodSms());
    await until(() => sandbox.ledger().length === 1);
    const taken = performance.now() - begin;
    expect((await answer).status).toBe(201);
    expect(performance.now() - begin).toBeGreaterThan(390);
    expect(taken).toBeLessThan(390);
  });

  it("hang never answers and takes nothing", async () => {
    await armFault(sandbox, { provider: "sendgrid", kind: "hang" });
    const signal = AbortSignal.timeout(300);
    expect(await brokenBy(postMail(sandbox, goodMail("a@example.com"), {}, { signal }))).toBe("TimeoutError");
    expect(sandbox.ledger()).toEqual([]);
  });

  it("drip sends the answer slowly, but whole", async () => {
    await armFault(sandbox, { provider: "twilio", kind: "drip", delayMs: 1 });
    const answer = await postMessage(sandbox, goodSms());
    expect(await answer.json()).toMatchObject({ status: "queued" });
  });
});

describe("broken connections", () => {
  it("reset breaks the connection before the message is taken", async () => {
    await armFault(sandbox, { provider: "twilio", kind: "reset" });
    expect(await brokenBy(postMessage(sandbox, goodSms()))).toBe("ECONNRESET");
    expect(sandbox.ledger()).toEqual([]);
  });

  it.each(["twilio", "sendgrid"] as const)(
    "accept_then_drop of %s takes the message without an answer",
    async (provider) => {
      await armFault(sandbox, { provider, kind: "accept_then_drop" });
      const sending =
        provider === "twilio" ? postMessage(sandbox, goodSms()) : postMail(sandbox, goodMail("a@example.com"));
      expect(await brokenBy(sending)).not.toBeNull();
      expect(sandbox.ledger()).toHaveLength(1);
      await until(() => sandbox.ledger()[0]?.status === "delivered");
    },
  );

  it("callbacks of a dropped message come all the same", async () => {
    const receiver = await startReceiver();
    await armFault(sandbox, { provider: "twilio", kind: "accept_then_drop" });
    const form = { ...goodSms(), StatusCallback: `${receiver.url}/?attempt=a9` };
    expect(await brokenBy(postMessage(sandbox, form))).not.toBeNull();
    await until(() => receiver.received.some((one) => one.body.includes("MessageStatus=delivered")));
    expect(receiver.received[0]?.url).toBe(`${receiver.url}/?attempt=a9`);
    await receiver.stop();
  });
});

describe("garbage", () => {
  it.each([
    ["html", (text: string) => text.startsWith("<html>")],
    ["truncated", (text: string) => text.startsWith("{") && !text.endsWith("}")],
    ["empty", (text: string) => text === ""],
    ["huge", (text: string) => text.length > 9_000_000],
  ])("%s comes with 201, and the message was taken", async (garbage, looksSo) => {
    await armFault(sandbox, { provider: "twilio", kind: "garbage", garbage });
    const answer = await postMessage(sandbox, goodSms());
    expect(answer.status).toBe(201);
    expect(looksSo(await answer.text())).toBe(true);
    expect(sandbox.ledger()).toHaveLength(1);
  });

  it("cut breaks off in the middle of the body", async () => {
    await armFault(sandbox, { provider: "twilio", kind: "garbage", garbage: "cut" });
    expect(await brokenBy(postMessage(sandbox, goodSms()).then((answer) => answer.text()))).not.toBeNull();
    expect(sandbox.ledger()).toHaveLength(1);
  });
});

describe("aim", () => {
  it("strikes only the matching address and operation, as often as it says", async () => {
    const to = newNumber();
    await armFault(sandbox, {
      provider: "twilio",
      operation: "send",
      match: { to },
      times: 1,
      kind: "status",
      status: 500,
    });
    expect((await postMessage(sandbox, goodSms())).status).toBe(201);
    expect((await look(`.json?To=${encodeURIComponent(to)}`)).status).toBe(200);
    expect((await postMessage(sandbox, goodSms(to))).status).toBe(500);
    expect((await postMessage(sandbox, goodSms(to))).status).toBe(201);
    expect(await (await fetch(`${sandbox.url}/faults`)).json()).toEqual([]);
  });

  it("lookup_lag hides a message from list and fetch until its time has come", async () => {
    const to = newNumber();
    await armFault(sandbox, { provider: "twilio", kind: "lookup_lag", delayMs: 600, match: { to } });
    const { sid } = (await (await postMessage(sandbox, goodSms(to))).json()) as { sid: string };
    expect((await look(`/${sid}.json`)).status).toBe(404);
    expect(await listed(to)).toBe(0);
    expect(sandbox.ledger()).toHaveLength(1);
    await until(async () => (await listed(to)) === 1);
    expect((await look(`/${sid}.json`)).status).toBe(200);
  });

  it.each([
    ["an unknown kind", { provider: "twilio", kind: "gremlin" }],
    ["an unknown provider", { provider: "carrier", kind: "hang" }],
    ["a delay without a time", { provider: "twilio", kind: "delay" }],
    ["a refusal that wants to match", { provider: "twilio", kind: "refuse", match: { to: "+1" } }],
    ["a callback that hangs", { provider: "twilio", operation: "callback", kind: "hang" }],
  ])("%s cannot be armed", async (_case, fault) => {
    const answer = await fetch(`${sandbox.url}/faults`, { method: "POST", body: JSON.stringify(fault) });
    expect([answer.status, await answer.json()]).toEqual([400, { error: expect.any(String) }]);
  });
});

/** How the request failed: the system's code or the error's name; null when it did not. */
async function brokenBy(sending: Promise<unknown>): Promise<string | null> {
  try {
    await sending;
    return null;
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? name;
  }
}

function look(rest: string): Promise<Response> {
  return fetch(`${messagesUrl(sandbox)}${rest}`, { headers: { authorization: demoBasic() } });
}

async function listed(to: string): Promise<number> {
  const page = (await (await look(`.json?To=${encodeURIComponent(to)}`)).json()) as { messages: unknown[] };
  return page.messages.length;
}
