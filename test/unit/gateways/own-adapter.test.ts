import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { ADAPTER_NAMES, type AdapterName } from "../../../src/domain/adapter-facts.ts";
import type { Credentials } from "../../../src/domain/credentials.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { readAccounts } from "../../../src/gateways/provider-accounts.ts";
import { createAdapters } from "../../../src/gateways/registry.ts";
import { createVault, type SealingKey } from "../../../src/gateways/vault.ts";
import { aMessage, jsonResponse, recordingFetch } from "./support.ts";

const KEYS: SealingKey[] = [{ keyId: "2026a", bytes: new Uint8Array(32).fill(7) }];

const ACCOUNTS = readAccounts(
  readConfig({
    DATABASE_URL: "https://user:password@db.test",
    PUBLIC_URL: "https://notify.test",
    TWILIO_API_URL: "https://twilio.test",
    TWILIO_ACCOUNT_SID: "AC1",
    TWILIO_AUTH_TOKEN: "shared-token",
    TWILIO_FROM: "+15005550006",
    SENDGRID_API_KEY: "SG.shared",
    SENDGRID_FROM_EMAIL: "orders@shared.example",
    RESEND_API_KEY: "re_shared",
    RESEND_FROM_EMAIL: "orders@shared.example",
  }),
);

const TWILIO = { account_sid: "AC7", auth_token: "own-token", from: "+15005550077" };

/** What an own gateway of `acme` sends for a message of `enterpriseId`. */
async function sendBy(
  adapter: AdapterName,
  credentials: Credentials | null,
  {
    enterpriseId = "acme",
    keys = KEYS,
    sealedFor = "gw_acme",
  }: { enterpriseId?: string; keys?: readonly SealingKey[]; sealedFor?: string } = {},
) {
  const { fetch, sent } = recordingFetch(() => jsonResponse(201, { sid: "SM1", id: "mail_1" }));
  const sealing =
    credentials === null ? null : await createVault(KEYS).seal({ ownerId: "acme", gatewayId: sealedFor }, credentials);
  const gateway = {
    gatewayId: "gw_acme",
    ownerId: "acme",
    credentials: sealing?.kind === "sealed" ? sealing.text : null,
  };
  const adapters = createAdapters(ACCOUNTS, fetch, DEFAULT_TIMES, createVault(keys));
  const outcome = await adapters(adapter, "", gateway).send(aMessage({ enterpriseId, sender: null }));
  return { outcome, sent };
}

describe("an enterprise's own gateway", () => {
  test.each([
    ["twilio_sms", TWILIO, `Basic ${btoa("AC7:own-token")}`],
    ["twilio_whatsapp", TWILIO, `Basic ${btoa("AC7:own-token")}`],
    ["sendgrid_email", { api_key: "SG.own", from_email: "a@own.example" }, "Bearer SG.own"],
    ["resend_email", { api_key: "re_own", from_email: "a@own.example" }, "Bearer re_own"],
  ] as const)(
    "sends by %s with its own credentials and from its own sender",
    async (adapter, credentials, expected) => {
      const { outcome, sent } = await sendBy(adapter, credentials);

      expect(outcome.kind).toBe("accepted");
      expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual([expected]);
      expect(sent[0]?.body).not.toMatch(/5550006|shared/);
    },
  );

  test("tells Twilio a callback that names it", async () => {
    const { sent } = await sendBy("twilio_sms", TWILIO);
    const callback = new URLSearchParams(sent[0]?.body).get("StatusCallback");
    expect(callback).toMatch(/^https:\/\/notify\.test\/callbacks\/twilio\/gateways\/gw_acme\?enterprise=acme&attempt=/);
  });

  test.each(ADAPTER_NAMES)("borrows nothing of the first account where its own for %s say nothing", async (adapter) => {
    const { outcome, sent } = await sendBy(adapter, {});
    expect(outcome).toMatchObject({ kind: "misconfigured", gatewayWide: true, code: "not_configured" });
    expect(sent).toEqual([]);
  });

  test.each([
    ["a message of another enterprise", TWILIO, { enterpriseId: "umbrella" }, /damaged or were sealed for another/],
    ["credentials that were sealed for another gateway", TWILIO, { sealedFor: "gw_2" }, /damaged or were sealed for/],
    ["an unknown key", TWILIO, { keys: [] }, /sealed with the key 2026a, which is not in CREDENTIALS_KEYS/],
    ["no credentials at all", null, {}, /has no credentials/],
  ] as const)("calls nobody for %s, and says why", async (_what, credentials, circumstances, reason) => {
    const { outcome, sent } = await sendBy("twilio_sms", credentials, circumstances);

    expect(outcome).toMatchObject({ kind: "misconfigured", gatewayWide: true, code: "credentials" });
    expect(outcome).toHaveProperty("reason", expect.stringMatching(reason));
    expect(sent).toEqual([]);
  });

  test("looks a message up with its own credentials", async () => {
    const { fetch, sent } = recordingFetch(() => jsonResponse(200, { messages: [], next_page_uri: null }));
    const sealing = await createVault(KEYS).seal({ ownerId: "acme", gatewayId: "gw_acme" }, TWILIO);
    const credentials = sealing.kind === "sealed" ? sealing.text : null;
    const adapters = createAdapters(ACCOUNTS, fetch, DEFAULT_TIMES, createVault(KEYS));
    const adapter = adapters("twilio_sms", "", { gatewayId: "gw_acme", ownerId: "acme", credentials });

    const question = { message: aMessage({ enterpriseId: "acme" }), startedAt: 0, providerId: null };

    expect(await adapter.lookUp?.(question)).toEqual({ kind: "found", messages: [] });
    expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual([`Basic ${btoa("AC7:own-token")}`]);
  });

  test("can be asked what became of a message where its provider can", async () => {
    const { fetch } = recordingFetch(() => jsonResponse(200, {}));
    const adapters = createAdapters(ACCOUNTS, fetch, DEFAULT_TIMES, createVault(KEYS));
    const gateway = { gatewayId: "gw_acme", ownerId: "acme", credentials: "damaged" };
    expect(adapters("sendgrid_email", "", gateway).lookUp).toBeUndefined();
    const question = { message: aMessage({ enterpriseId: "acme" }), startedAt: 0, providerId: null };
    expect(await adapters("twilio_sms", "", gateway).lookUp?.(question)).toMatchObject({
      kind: "unanswered",
      code: "credentials",
    });
  });
});
