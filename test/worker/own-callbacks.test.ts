import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  barredOf,
  call,
  everyRowOf,
  fateOf,
  inboundForm,
  mailEvent,
  twilioForm,
  type Callback,
} from "./callbacks-kit.ts";
import { resendCallback, resendEvent } from "./callbacks-resend-kit.ts";
import { newMailKey } from "./callbacks-sendgrid-kit.ts";
import { problemOf, readAnswer } from "./http-kit.ts";
import { bellFor, hear, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";
import { addOwnGateway, newOwner, subscribe, type Owner } from "./own-gateway-kit.ts";

const quiet = quietEnv().env;

/** Sends one message through an enterprise's only gateway. */
async function sendFor(enterprise: TestEnterprise, to = enterprise.phone) {
  const { body } = await postIn(quiet, updateOf(enterprise));
  await hear(quiet, [bellFor(enterprise, [body.deliveries[0]?.delivery_id ?? ""])]);
  return { enterprise, attempt: network.callsTo(to).at(-1)?.attempt ?? "" };
}

const at = (gatewayId: string) => `/gateways/${gatewayId}`;

/** A receipt of Twilio about a message, at the path of a gateway, as the account of `signer` signs it. */
function receiptBy(sent: Awaited<ReturnType<typeof sendFor>>, signer: Owner, gatewayId = signer.gatewayId) {
  const { account_sid, auth_token } = signer.account;
  return twilioForm(sent, "delivered", { AccountSid: account_sid }, auth_token, at(gatewayId));
}

async function refusal(callback: Callback) {
  return problemOf(await readAnswer(await call(quiet, callback)));
}

describe("receipts of an enterprise's own gateway", () => {
  it("are believed at the path that was told to Twilio, where its own account signed them", async () => {
    const owner = await newOwner();
    const sent = await sendFor(owner.enterprise);

    const statements = await network.statementsOf(async () => {
      expect((await call(quiet, await receiptBy(sent, owner))).status).toBe(204);
    });

    expect(await fateOf(owner.enterprise)).toMatchObject({ state: "delivered" });
    expect(statements.filter((statement) => /FROM gateways\s+WHERE/.test(statement))).toHaveLength(1);
  });

  it("of SendGrid are believed by the key in its credentials", async () => {
    const enterprise = await newEnterprise([]);
    const key = await newMailKey();
    const credentials = { api_key: "SG.own", from_email: "a@own.example", webhook_public_key: key.publicKey };
    const gatewayId = await addOwnGateway(enterprise, credentials, "sendgrid_email");
    const sent = await sendFor(enterprise, enterprise.email);
    const signed = await key.sign([mailEvent(sent, "delivered")]);

    const answer = await call(quiet, { ...signed, path: `${signed.path}${at(gatewayId)}` });

    expect(answer.status).toBe(204);
    expect(await fateOf(enterprise)).toMatchObject({ state: "delivered" });
  });

  it("of Resend are believed by the secret in its credentials", async () => {
    const enterprise = await newEnterprise([]);
    const secret = `whsec_${btoa(unique("secret"))}`;
    const credentials = { api_key: "re_own", from_email: "a@own.example", webhook_secret: secret };
    const gatewayId = await addOwnGateway(enterprise, credentials, "resend_email");
    const sent = await sendFor(enterprise, enterprise.email);
    const signed = await resendCallback(resendEvent(sent, "email.delivered"), { secret });

    const answer = await call(quiet, { ...signed, path: `${signed.path}${at(gatewayId)}` });

    expect(answer.status).toBe(204);
    expect(await fateOf(enterprise)).toMatchObject({ state: "delivered" });
  });

  it("say nothing about another enterprise's message, even truly signed by an own account", async () => {
    const [owner, forger] = [await newOwner(), await newOwner()];
    const sent = await sendFor(owner.enterprise);
    const before = await everyRowOf(owner.enterprise);

    expect((await call(quiet, await receiptBy(sent, forger))).status).toBe(204);
    expect(await everyRowOf(owner.enterprise)).toEqual(before);
  });

  it("say nothing about a message whose gateway is gone, or that went through a shared one", async () => {
    const [owner, forger] = [await newOwner(), await newOwner()];
    const sent = await sendFor(owner.enterprise);
    await query("DELETE FROM gateways WHERE gateway_id = ?", [owner.gatewayId]);
    await query("UPDATE subscriptions SET enabled = FALSE WHERE enterprise_id = ?", [forger.enterprise.id]);
    await subscribe(forger.enterprise.id, "gw_twilio");
    const shared = await sendFor(forger.enterprise);
    const before = await everyRowOf(owner.enterprise, forger.enterprise);

    await call(quiet, await receiptBy(sent, forger));
    await call(quiet, await receiptBy(shared, forger));

    expect(await everyRowOf(owner.enterprise, forger.enterprise)).toEqual(before);
  });

  it("are not vouched for by the shared account, at no path", async () => {
    const owner = await newOwner();
    const sent = await sendFor(owner.enterprise);
    const before = await everyRowOf(owner.enterprise);

    expect((await call(quiet, await twilioForm(sent, "delivered"))).status).toBe(204);
    expect(
      await refusal(await twilioForm(sent, "delivered", {}, env.TWILIO_AUTH_TOKEN, at(owner.gatewayId))),
    ).toMatchObject({
      status: 403,
    });
    expect(await everyRowOf(owner.enterprise)).toEqual(before);
  });

  it("are refused alike for a wrong key, an unknown or shared gateway, and credentials that do not open", async () => {
    const [owner, other, damaged] = [await newOwner(), await newOwner(), await newOwner()];
    const sent = await sendFor(owner.enterprise);
    await query("UPDATE gateways SET credentials = 'v1.x' WHERE gateway_id = ?", [damaged.gatewayId]);

    const refusals = await Promise.all(
      [
        await receiptBy(sent, other, owner.gatewayId),
        await receiptBy(sent, owner, "gw_nobody"),
        await receiptBy(sent, owner, "%C3%A9"),
        await receiptBy(sent, owner, "gw_twilio"),
        await receiptBy(sent, damaged),
        { ...(await receiptBy(sent, owner)), path: `/callbacks/resend${at(owner.gatewayId)}` },
      ].map(refusal),
    );

    const told = refusals.map(({ request_id: _, ...problem }) => JSON.stringify(problem));
    expect(new Set(told)).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ status: 403, code: "forged_callback" });
  });
});

describe("a message to an enterprise's own sender", () => {
  const write = async (owner: Owner, from: string, text: string, signer = owner) => {
    const { account_sid, auth_token } = signer.account;
    const set = { AccountSid: account_sid, To: owner.account.from };
    return call(quiet, await inboundForm(from, text, set, { token: auth_token, gateway: at(owner.gatewayId) }));
  };

  it("concerns that enterprise alone: STOP bars, START lifts", async () => {
    const owner = await newOwner();
    const neighbour = await newEnterprise(["sms"], { phone: owner.enterprise.phone });

    const answer = await write(owner, owner.enterprise.phone, "STOP");

    expect([answer.status, await answer.text()]).toEqual([200, "<Response/>"]);
    expect(await barredOf(owner.enterprise)).toMatchObject([{ channel_id: "ch_sms", code: "stopped", lifted: 0 }]);
    expect(await barredOf(neighbour)).toEqual([]);
    await write(owner, owner.enterprise.phone, "START");
    expect(await barredOf(owner.enterprise)).toMatchObject([{ lifted: 1 }]);
  });

  it("to a shared sender does not concern who sends by an own account only", async () => {
    const owner = await newOwner();

    await call(quiet, await inboundForm(owner.enterprise.phone, "STOP"));

    expect(await barredOf(owner.enterprise)).toEqual([]);
  });

  it("is refused where another account signed it", async () => {
    const [owner, other] = [await newOwner(), await newOwner()];

    expect((await write(owner, owner.enterprise.phone, "STOP", other)).status).toBe(403);
    expect(await barredOf(owner.enterprise)).toEqual([]);
  });
});
