import { expect, it } from "vitest";
import {
  call,
  everyRowOf,
  fateOf,
  mailEvent,
  sendOne,
  twilioForm,
  twilioJson,
  type Callback,
} from "./callbacks-kit.ts";
import { newMailKey } from "./callbacks-sendgrid-kit.ts";
import { problemOf, readAnswer } from "./http-kit.ts";
import { quietEnv, sendIn } from "./kit.ts";
import { network } from "./network.ts";

const SIGNATURES = ["X-Twilio-Signature", "X-Twilio-Email-Event-Webhook-Signature"];

function unsigned({ headers, ...callback }: Callback): Callback {
  return {
    ...callback,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !SIGNATURES.includes(name))),
  };
}

/** The same with another signature, well-formed but not of this request. */
function signedAs(callback: Callback, other: Callback): Callback {
  return { ...callback, headers: other.headers };
}

/** Each a way to have a receipt believed that the provider did not send. */
const TWILIO_FORGERIES: Record<string, (sent: Awaited<ReturnType<typeof sendOne>>) => Promise<Callback>> = {
  "a form without a signature": async (sent) => unsigned(await twilioForm(sent, "delivered")),
  "JSON without a signature": async (sent) => unsigned(await twilioJson(sent, "delivered")),
  "a form whose status was changed": async (sent) => {
    const callback = await twilioForm(sent, "sent");
    return { ...callback, body: callback.body.replaceAll("=sent", "=delivered") };
  },
  "a form with a field more": async (sent) => {
    const callback = await twilioForm(sent, "delivered");
    return { ...callback, body: `${callback.body}&ErrorCode=30005` };
  },
  "JSON whose status was changed": async (sent) => {
    const callback = await twilioJson(sent, "sent");
    return { ...callback, body: callback.body.replaceAll('"sent"', '"delivered"') };
  },
  "JSON under a digest that was changed with it": async (sent) =>
    signedAs(await twilioJson(sent, "delivered"), await twilioJson(sent, "sent")),
  "a query that was changed": async (sent) => {
    const callback = await twilioForm({ ...sent, attempt: "att_1" }, "delivered");
    return { ...callback, path: callback.path.replace("att_1", sent.attempt) };
  },
  "a signature that is no base64": async (sent) => {
    const callback = await twilioForm(sent, "delivered");
    return { ...callback, headers: { ...callback.headers, "X-Twilio-Signature": "%%%" } };
  },
  "another account, signed with our token": (sent) =>
    twilioForm(sent, "delivered", { AccountSid: "AC00000000000000000000000000000002" }),
};

it.for(Object.keys(TWILIO_FORGERIES))("refuses %s, and changes no row", async (name) => {
  const sent = await sendOne("sms");
  const forgery = await TWILIO_FORGERIES[name]?.(sent);
  if (!forgery) throw new Error("There is no such forgery.");
  const before = await everyRowOf(sent.enterprise);

  const answer = await readAnswer(await call(sent.quiet, forgery));

  expect(problemOf(answer)).toMatchObject({ status: 403, code: "forged_callback" });
  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});

it("asks the database nothing before a signature holds", async () => {
  const sent = await sendOne("sms");
  const forgery = unsigned(await twilioForm(sent, "delivered"));

  const statements = await network.statementsOf(() => call(sent.quiet, forgery));

  expect(statements).toEqual([]);
});

it("drops a signed receipt of another enterprise's attempt, and changes no row of either", async () => {
  const [one, other] = [await sendOne("sms"), await sendOne("sms")];
  const before = await everyRowOf(one.enterprise, other.enterprise);

  const answer = await call(one.quiet, await twilioForm({ ...one, attempt: other.attempt }, "delivered"));

  expect(answer.status).toBe(204);
  expect(await everyRowOf(one.enterprise, other.enterprise)).toEqual(before);
});

it("takes the true event of a request, and drops those that mix up enterprise and attempt", async () => {
  const key = await newMailKey();
  const settings = { SENDGRID_WEBHOOK_PUBLIC_KEY: key.publicKey };
  const [one, other] = [await sendOne("email", { settings }), await sendOne("email", { settings })];
  const before = await everyRowOf(other.enterprise);
  const theirsAsOurs = mailEvent({ ...one, attempt: other.attempt }, "delivered");
  const oursAsTheirs = mailEvent({ ...other, attempt: one.attempt }, "bounce");

  await call(one.quiet, await key.sign([mailEvent(one, "delivered"), theirsAsOurs, oursAsTheirs]));

  expect(await fateOf(one.enterprise)).toMatchObject({ state: "delivered", failures: [] });
  expect(await everyRowOf(other.enterprise)).toEqual(before);
});

it.for(["unsigned", "signed with another key", "changed", "under another time", "without its time"] as const)(
  "refuses events that are %s, and changes no row",
  async (forgery) => {
    const key = await newMailKey();
    const sent = await sendOne("email", { settings: { SENDGRID_WEBHOOK_PUBLIC_KEY: key.publicKey } });
    const event = mailEvent(sent, "processed");
    const signed = await (forgery === "signed with another key" ? await newMailKey() : key).sign([event]);
    const { "X-Twilio-Email-Event-Webhook-Timestamp": time, ...timeless } = signed.headers;
    const forged = {
      unsigned: unsigned(signed),
      "signed with another key": signed,
      changed: { ...signed, body: signed.body.replace("processed", "delivered") },
      "under another time": {
        ...signed,
        headers: { ...timeless, "X-Twilio-Email-Event-Webhook-Timestamp": `${Number(time) + 1}` },
      },
      "without its time": { ...signed, headers: timeless },
    }[forgery];
    const before = await everyRowOf(sent.enterprise);

    const answer = await readAnswer(await call(sent.quiet, forged));

    expect(problemOf(answer)).toMatchObject({ status: 403, code: "forged_callback" });
    expect(await everyRowOf(sent.enterprise)).toEqual(before);
  },
);

it("answers 404 for a provider that it does not know", async () => {
  const answer = await readAnswer(await sendIn(quietEnv().env, "/callbacks/pigeon", { method: "POST", body: "x" }));

  expect(problemOf(answer)).toMatchObject({ status: 404, code: "not_found" });
});

it.for([
  ["twilio", { TWILIO_AUTH_TOKEN: "", ACCOUNTS: "" }],
  ["sendgrid", { SENDGRID_WEBHOOK_PUBLIC_KEY: "", ACCOUNTS: "" }],
] as const)("answers 503 to %s while there is no key to verify with", async ([provider, settings]) => {
  const quiet = quietEnv(settings).env;

  const answer = await readAnswer(await sendIn(quiet, `/callbacks/${provider}`, { method: "POST", body: "[]" }));

  expect(problemOf(answer)).toMatchObject({ status: 503, code: "not_configured" });
});
