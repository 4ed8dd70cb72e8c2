import { describe, expect, test } from "vitest";
import type { AdapterName } from "../../../src/domain/adapter-facts.ts";
import { readOwnCredentials } from "../../../src/domain/own-credentials.ts";

const HEX = "0123456789abcdef".repeat(2);
const TWILIO = { account_sid: `AC${HEX}`, auth_token: HEX };
const MAIL = { api_key: "SG.0123456789", from_email: "orders@acme.example" };

describe("credentials of an enterprise's own gateway", () => {
  test.each<[AdapterName, Record<string, unknown>]>([
    ["twilio_sms", { ...TWILIO, from: "+15005550006" }],
    ["twilio_sms", { ...TWILIO, messaging_service_sid: `MG${HEX}` }],
    ["twilio_whatsapp", { ...TWILIO, from: "whatsapp:+14155238886", content_sid: `HX${HEX}` }],
    ["sendgrid_email", { ...MAIL, from_name: "Acme", webhook_public_key: "MFkwEwYHKoZIzj0CAQ==" }],
    ["resend_email", { ...MAIL, webhook_secret: "whsec_0123456789" }],
  ])("of %s are read as they are: %j", (adapter, given) => {
    expect(readOwnCredentials(adapter, given)).toEqual({ ok: true, value: given });
  });

  test.each<[AdapterName, unknown, string[]]>([
    ["twilio_sms", {}, ["/credentials/account_sid", "/credentials/auth_token"]],
    ["twilio_sms", TWILIO, ["/credentials"]],
    ["twilio_sms", { ...TWILIO, from: "+1", account_sid: "AC1/../AC2" }, ["/credentials/account_sid"]],
    ["twilio_sms", { ...TWILIO, from: "+1", content_sid: `HX${HEX}` }, ["/credentials/content_sid"]],
    ["twilio_whatsapp", { ...TWILIO, from: "" }, ["/credentials/from"]],
    ["sendgrid_email", { ...MAIL, api_key: "SG.clé-0123456" }, ["/credentials/api_key"]],
    ["sendgrid_email", { ...MAIL, from_email: "acme" }, ["/credentials/from_email"]],
    ["resend_email", { ...MAIL, webhook_secret: "two words 123" }, ["/credentials/webhook_secret"]],
    ["resend_email", [], ["/credentials"]],
    ["resend_email", undefined, ["/credentials"]],
  ])("of %s are refused, with every wrong member named and no value repeated: %j", (adapter, given, pointers) => {
    const reading = readOwnCredentials(adapter, given);
    expect(reading.ok ? [] : reading.errors.map(({ pointer }) => pointer)).toEqual(pointers);
    for (const value of Object.values(given ?? {})) {
      if (String(value).length > 3) expect(JSON.stringify(reading)).not.toContain(String(value));
    }
  });
});
