import { generateKeyPairSync, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { judgeSettings } from "../../../dev/doctor/settings.ts";

const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const FINE = {
  PUBLIC_URL: "https://notify.example",
  TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
  TWILIO_AUTH_TOKEN: "0".repeat(32),
  TWILIO_FROM: "+15005550006",
  TWILIO_WHATSAPP_FROM: "+14155238886",
  TWILIO_WHATSAPP_CONTENT_SID: `HX${"0".repeat(32)}`,
  SENDGRID_API_KEY: "SG.one.two",
  SENDGRID_FROM_EMAIL: "orders@shop.example",
  SENDGRID_WEBHOOK_PUBLIC_KEY: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  RESEND_API_KEY: "re_key",
  RESEND_FROM_EMAIL: "orders@shop.example",
  RESEND_WEBHOOK_SECRET: "whsec_c2VjcmV0",
  CREDENTIALS_KEYS: JSON.stringify({ a: randomBytes(32).toString("base64") }),
  ACCOUNTS: "{}",
};

test("of a configuration in which all is well nothing else is said", () => {
  expect(judgeSettings(FINE).filter(({ level }) => level !== "good")).toEqual([]);
});

test.each([
  ["error", "PUBLIC_URL", { PUBLIC_URL: "notify.example" }],
  ["error", "PUBLIC_URL", { PUBLIC_URL: "http://notify.example" }],
  ["error", "PUBLIC_URL", { PUBLIC_URL: "https://notify_api.example" }],
  ["warning", "PUBLIC_URL", { PUBLIC_URL: "http://127.0.0.1:8787" }],
  ["error", "TWILIO_ACCOUNT_SID", { TWILIO_ACCOUNT_SID: "SK1" }],
  ["error", "TWILIO_AUTH_TOKEN", { TWILIO_AUTH_TOKEN: "" }],
  ["error", "TWILIO_FROM", { TWILIO_FROM: "" }],
  ["error", "TWILIO_FROM", { TWILIO_FROM: "15005550006" }],
  ["error", "TWILIO_WHATSAPP_FROM", { TWILIO_WHATSAPP_FROM: "whatsapp:+14155238886" }],
  ["warning", "TWILIO_WHATSAPP_CONTENT_SID", { TWILIO_WHATSAPP_CONTENT_SID: "" }],
  ["warning", "Twilio", { TWILIO_ACCOUNT_SID: "", TWILIO_AUTH_TOKEN: "" }],
  ["error", "SENDGRID_API_KEY", { SENDGRID_API_KEY: "key" }],
  ["error", "SENDGRID_FROM_EMAIL", { SENDGRID_FROM_EMAIL: "Orders" }],
  ["warning", "SENDGRID_WEBHOOK_PUBLIC_KEY", { SENDGRID_WEBHOOK_PUBLIC_KEY: "" }],
  ["error", "SENDGRID_WEBHOOK_PUBLIC_KEY", { SENDGRID_WEBHOOK_PUBLIC_KEY: "bm8ga2V5" }],
  ["warning", "SendGrid", { SENDGRID_API_KEY: "" }],
  ["error", "RESEND_WEBHOOK_SECRET", { RESEND_WEBHOOK_SECRET: "secret" }],
  ["warning", "CREDENTIALS_KEYS", { CREDENTIALS_KEYS: "" }],
  ["error", "CREDENTIALS_KEYS", { CREDENTIALS_KEYS: '{"a":"c2hvcnQ="}' }],
  ["error", "ACCOUNTS", { ACCOUNTS: "{" }],
] as const)("there is an %s about %s where it is %j", (level, about, changes) => {
  const findings = judgeSettings({ ...FINE, ...changes }).filter((finding) => finding.level !== "good");

  expect(findings).toEqual([{ level, about, what: expect.any(String), advice: expect.stringMatching(/\S/) }]);
});

test("no finding repeats a value", () => {
  const said = JSON.stringify(judgeSettings({ ...FINE, TWILIO_AUTH_TOKEN: "pa55word", SENDGRID_API_KEY: "pa55word" }));

  expect(said).not.toContain("pa55word");
});
