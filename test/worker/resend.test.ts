import { expect, it } from "vitest";
import { call, everyRowOf, fateOf, type Sent } from "./callbacks-kit.ts";
import { resendCallback, resendEvent } from "./callbacks-resend-kit.ts";
import { problemOf, readAnswer } from "./http-kit.ts";
import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  post,
  postIn,
  query,
  quietEnv,
  sendIn,
  unique,
  updateOf,
} from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network, type ProviderCall } from "./network.ts";

/**
 * An enterprise whose mails go through SendGrid, and through Resend where SendGrid does not take them; by gateways of
 * its own, for those that all tests share must not be judged by what these do to them.
 */
async function newFailOver(): Promise<TestEnterprise> {
  const enterprise = await newEnterprise([]);
  for (const [adapter, priority] of [
    ["sendgrid_email", 100],
    ["resend_email", 200],
  ] as const) {
    const gateway = { channel_name: "Email", gateway_name: unique("Gateway"), adapter, priority };
    const { body } = await post(gateway, {}, "/add-channel-gateway");
    await query(
      "INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, 'ch_email', ?, TRUE)",
      [enterprise.id, body["gateway_id"]],
    );
  }
  return enterprise;
}

/** Posts an update and hears its bell twice: once for each gateway. */
async function sendThroughBoth(enterprise: TestEnterprise, answer: (call: ProviderCall) => Response): Promise<Sent> {
  const quiet = quietEnv();
  network.answer(enterprise.email, answer);
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const deliveryId = body.deliveries[0]?.delivery_id ?? "";
  await hear(quiet.env, [bellFor(enterprise, [deliveryId])], "notify-email");
  await hear(quiet.env, [bellFor(enterprise, [deliveryId])], "notify-email-2");
  const attempt = network.callsTo(enterprise.email).at(-1)?.attempt ?? "";
  return { quiet: quiet.env, enterprise, attempt, deliveryId };
}

const accepted = () => Response.json({ id: "mail 1" });

/** SendGrid answers a status with an error body of its own; Resend takes everything. */
function onlyResend(status: number): (call: ProviderCall) => Response {
  return ({ provider }) =>
    provider === "resend" ? accepted() : Response.json({ errors: [{ message: "no", field: null }] }, { status });
}

it.for([401, 429, 503])("goes on through Resend when SendGrid answers %i", async (status) => {
  const enterprise = await newFailOver();

  await sendThroughBoth(enterprise, onlyResend(status));

  expect(network.callsTo(enterprise.email).map(({ provider, credentials }) => [provider, credentials])).toEqual([
    ["sendgrid", "SG.test.key"],
    ["resend", "re_test_key"],
  ]);
  expect(await fateOf(enterprise)).toMatchObject({ state: "sent", logs: [{ provider_id: "mail 1" }], failures: [] });
});

it("never goes on through Resend after an answer of SendGrid that may mean sent", async () => {
  const enterprise = await newFailOver();

  await sendThroughBoth(enterprise, onlyResend(500));

  expect(network.callsTo(enterprise.email).map(({ provider }) => provider)).toEqual(["sendgrid"]);
  expect((await deliveriesOf(enterprise)).map(({ state }) => state)).toEqual(["unknown"]);
});

it("asks again by the same key when Resend's answer is lost, and counts one acceptance", async () => {
  const enterprise = await newFailOver();
  let answers = 0;

  const sent = await sendThroughBoth(enterprise, (made) => {
    if (made.provider === "sendgrid") return onlyResend(401)(made);
    answers += 1;
    return answers === 1 ? new Response("", { status: 502 }) : accepted();
  });

  const calls = network.callsTo(enterprise.email).filter(({ provider }) => provider === "resend");
  expect(calls.map(({ attempt }) => attempt)).toEqual([sent.attempt, sent.attempt]);
  expect(await fateOf(enterprise)).toMatchObject({ state: "sent", logs: [{ provider_id: "mail 1" }] });
});

it.for([
  ["email.sent", {}, { state: "sent", failures: [] }],
  ["email.delivered", {}, { state: "delivered", failures: [] }],
  [
    "email.bounced",
    { bounce: { type: "Permanent", subType: "General" } },
    { state: "undelivered", failures: [{ code: "undelivered", provider_code: "bounced" }] },
  ],
] as const)("is told by %s what became of a mail, any number of times", async ([type, data, fate]) => {
  const sent = await sendThroughBoth(await newFailOver(), onlyResend(401));
  const event = resendEvent(sent, type, data);

  for (let times = 0; times < 3; times += 1) {
    expect((await call(sent.quiet, await resendCallback(event, { id: `msg of ${sent.attempt}` }))).status).toBe(204);
  }

  expect(await fateOf(sent.enterprise)).toMatchObject(fate);
  const receipts = await query("SELECT event_id FROM receipts WHERE enterprise_id = ?", [sent.enterprise.id]);
  expect(receipts).toEqual([{ event_id: `msg of ${sent.attempt}` }]);
});

it.for([
  ["signed with another secret", { secret: `whsec_${btoa("somebody else's")}` }],
  ["a replay of more than five minutes ago", { ageS: 301 }],
] as const)("refuses an event that is %s, and changes no row", async ([, how]) => {
  const sent = await sendThroughBoth(await newFailOver(), onlyResend(401));
  const before = await everyRowOf(sent.enterprise);

  const answer = await readAnswer(
    await call(sent.quiet, await resendCallback(resendEvent(sent, "email.delivered"), how)),
  );

  expect(problemOf(answer)).toMatchObject({ status: 403, code: "forged_callback" });
  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});

it("answers 503 to Resend while there is no secret to verify with", async () => {
  const { env } = quietEnv({ RESEND_WEBHOOK_SECRET: "" });

  const answer = await readAnswer(await sendIn(env, "/callbacks/resend", { method: "POST", body: "{}" }));

  expect(problemOf(answer)).toMatchObject({ status: 503, code: "not_configured" });
});

it.for([
  ["email.complained", {}, "complained"],
  ["email.bounced", { bounce: { type: "Permanent", subType: "General" } }, "bounced"],
] as const)("keeps from the address, by any gateway of the channel, after %s", async ([type, data, code]) => {
  const sent = await sendThroughBoth(await newFailOver(), onlyResend(401));
  await call(sent.quiet, await resendCallback(resendEvent(sent, type, data)));
  const before = network.callsTo(sent.enterprise.email).length;

  const { body } = await postIn(sent.quiet, updateOf(sent.enterprise));
  await hear(sent.quiet, [bellFor(sent.enterprise, [body.deliveries[0]?.delivery_id ?? ""])], "notify-email");

  expect(network.callsTo(sent.enterprise.email)).toHaveLength(before);
  expect((await deliveriesOf(sent.enterprise)).at(-1)).toMatchObject({ state: "skipped", code: "opted_out" });
  expect(await query("SELECT code FROM suppressions WHERE enterprise_id = ?", [sent.enterprise.id])).toEqual([
    { code },
  ]);
});
