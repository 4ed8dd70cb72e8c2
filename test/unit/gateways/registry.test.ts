import { describe, expect, test } from "vitest";
import { ADAPTER_NAMES } from "../../../src/domain/adapter-facts.ts";
import { readConfig } from "../../../src/config.ts";
import { readAccounts } from "../../../src/gateways/provider-accounts.ts";
import { createAdapters } from "../../../src/gateways/registry.ts";
import { createVault } from "../../../src/gateways/vault.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { aMessage, jsonResponse, recordingFetch } from "./support.ts";

const BACKUP = {
  TWILIO_ACCOUNT_SID: "AC2",
  TWILIO_AUTH_TOKEN: "token of AC2",
  TWILIO_FROM: "+15005550099",
  SENDGRID_API_URL: "https://eu.sendgrid.test",
  SENDGRID_API_KEY: "SG.backup",
};

const ACCOUNTS = readAccounts(
  readConfig({
    DATABASE_URL: "https://user:password@db.test",
    PUBLIC_URL: "https://notify.test",
    TWILIO_API_URL: "https://twilio.test",
    TWILIO_ACCOUNT_SID: "AC1",
    TWILIO_AUTH_TOKEN: "token of AC1",
    TWILIO_FROM: "+15005550006",
    TWILIO_WHATSAPP_FROM: "+14155238886",
    SENDGRID_API_KEY: "SG.first",
    SENDGRID_FROM_EMAIL: "orders@shop.example",
    ACCOUNTS: JSON.stringify({ backup: BACKUP }),
  }),
);

const SHARED = { gatewayId: "gw_1", ownerId: "", credentials: null };

function adaptersWith() {
  const { fetch, sent } = recordingFetch(() => jsonResponse(201, { sid: "SM1" }));
  return { adapters: createAdapters(ACCOUNTS, fetch, DEFAULT_TIMES, createVault([])), sent };
}

describe("an adapter of an account", () => {
  test.each([
    ["", "AC1", "token of AC1", "+15005550006"],
    ["backup", "AC2", "token of AC2", "+15005550099"],
  ])("sends with the credentials and from the sender of that account: %j", async (account, sid, token, from) => {
    const { adapters, sent } = adaptersWith();

    await adapters("twilio_sms", account, SHARED).send(aMessage());

    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toBe(`https://twilio.test/2010-04-01/Accounts/${sid}/Messages.json`);
    expect(sent[0]?.headers.get("authorization")).toBe(`Basic ${btoa(`${sid}:${token}`)}`);
    expect(new URLSearchParams(sent[0]?.body).get("From")).toBe(from);
  });

  test("asks where the account says, and does not borrow a sender of the first one", async () => {
    const { adapters, sent } = adaptersWith();

    const outcome = await adapters("sendgrid_email", "backup", SHARED).send(aMessage());
    await adapters("sendgrid_email", "backup", SHARED).send(aMessage({ sender: "orders@backup.example" }));

    expect(outcome).toMatchObject({ kind: "misconfigured", code: "not_configured", gatewayWide: true });
    expect(sent.map(({ url }) => url)).toEqual(["https://eu.sendgrid.test/v3/mail/send"]);
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer SG.backup");
  });

  test.each(ADAPTER_NAMES)(
    "that is not configured sends nothing and is named, whatever the adapter: %s",
    async (name) => {
      const { adapters, sent } = adaptersWith();

      for (const account of ["spare", "constructor"]) {
        expect(await adapters(name, account, SHARED).send(aMessage())).toEqual({
          kind: "misconfigured",
          gatewayWide: true,
          code: "not_configured",
          reason: `the provider account ${account} is not configured`,
        });
      }
      expect(sent).toEqual([]);
    },
  );
});
