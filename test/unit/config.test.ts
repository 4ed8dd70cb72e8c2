import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention.ts";
import { DEFAULT_TIMES } from "../../src/domain/times.ts";

const ENV = { DATABASE_URL: "https://user:pa55word@db.test", PUBLIC_URL: "https://notify.test" };

/** The message of the refusal. */
function refusal(env: unknown): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("These settings were taken.");
}

describe("the settings", () => {
  test("need a database and a public URL; providers that are not named are not configured", () => {
    expect(readConfig(ENV)).toEqual({
      ...ENV,
      RATE_LIMIT_POLICY: {},
      CORS_ORIGINS: [],
      EXPIRES_AFTER: new Map(),
      TIMES: DEFAULT_TIMES,
      RETENTION_DAYS: DEFAULT_RETENTION,
      ACCOUNTS: {},
      CREDENTIALS_KEYS: [],
      TWILIO_API_URL: "https://api.twilio.com",
      TWILIO_ACCOUNT_SID: "",
      TWILIO_AUTH_TOKEN: "",
      TWILIO_FROM: "",
      TWILIO_MESSAGING_SERVICE_SID: "",
      TWILIO_WHATSAPP_FROM: "",
      TWILIO_WHATSAPP_CONTENT_SID: "",
      SENDGRID_API_URL: "https://api.sendgrid.com",
      SENDGRID_API_KEY: "",
      SENDGRID_FROM_EMAIL: "",
      SENDGRID_FROM_NAME: "",
      SENDGRID_WEBHOOK_PUBLIC_KEY: "",
      RESEND_API_URL: "https://api.resend.com",
      RESEND_API_KEY: "",
      RESEND_FROM_EMAIL: "",
      RESEND_FROM_NAME: "",
      RESEND_WEBHOOK_SECRET: "",
    });
  });

  test("are read beside the bindings of the environment, which are left aside", () => {
    expect(readConfig({ ...ENV, QUEUE_SMS: { send: () => undefined } })).not.toHaveProperty("QUEUE_SMS");
  });

  test.each(["PUBLIC_URL", "TWILIO_API_URL", "SENDGRID_API_URL", "RESEND_API_URL"])(
    "have no slash at the end of %s, where paths are put behind it",
    (name) => {
      for (const end of ["", "/", "///"]) {
        expect(readConfig({ ...ENV, [name]: `https://host.test/base${end}` })).toHaveProperty(
          name,
          "https://host.test/base",
        );
      }
    },
  );

  test("may be a local service over http", () => {
    expect(readConfig({ ...ENV, DATABASE_URL: "http://user:pw@127.0.0.1:3900" })).toHaveProperty(
      "DATABASE_URL",
      "http://user:pw@127.0.0.1:3900",
    );
  });
});

describe("settings written as JSON", () => {
  test("give each status its expiry, in ms, whatever its case", () => {
    const { EXPIRES_AFTER } = readConfig({ ...ENV, EXPIRES_AFTER: '{"Out for Delivery": 7200}' });
    expect([...EXPIRES_AFTER]).toEqual([["out for delivery", 7_200_000]]);
  });

  test("may keep some tables for another time; the others keep theirs", () => {
    const { RETENTION_DAYS } = readConfig({ ...ENV, RETENTION_DAYS: '{"logs": 90, "deliveries": 500}' });
    expect(RETENTION_DAYS).toEqual({ ...DEFAULT_RETENTION, logs: 90, deliveries: 500 });
  });

  test("change the durations that they name and no others", () => {
    const { TIMES } = readConfig({ ...ENV, TIMES: '{"lease": 4000, "callTimeout": 1000}' });
    expect(TIMES).toEqual({ ...DEFAULT_TIMES, lease: 4_000, callTimeout: 1_000 });
  });

  test("give further accounts settings of their own, of which those that are not named are empty", () => {
    const { ACCOUNTS } = readConfig({
      ...ENV,
      TWILIO_FROM: "+15005550006",
      ACCOUNTS: '{"backup": {"TWILIO_ACCOUNT_SID": "AC2", "SENDGRID_API_URL": "https://eu.test/"}}',
    });
    expect(ACCOUNTS).toMatchObject({
      backup: { TWILIO_ACCOUNT_SID: "AC2", TWILIO_FROM: "", SENDGRID_API_URL: "https://eu.test" },
    });
  });

  test("name the keys that credentials are sealed with in the order in which they stand", () => {
    const key = (byte: number) => Buffer.alloc(32, byte).toString("base64");
    const { CREDENTIALS_KEYS } = readConfig({ ...ENV, CREDENTIALS_KEYS: JSON.stringify({ b: key(1), a: key(2) }) });
    expect(CREDENTIALS_KEYS.map(({ keyId, bytes }) => [keyId, bytes.length, bytes[0]])).toEqual([
      ["b", 32, 1],
      ["a", 32, 2],
    ]);
  });

  test.each([
    ["CREDENTIALS_KEYS", `{"2026": "${"A".repeat(43)}="}`, "CREDENTIALS_KEYS must be keys by id"],
    ["CREDENTIALS_KEYS", '{"2026a": "c2hvcnQ="}', "CREDENTIALS_KEYS must be keys by id"],
    ["CREDENTIALS_KEYS", '{"2026a": 5}', "CREDENTIALS_KEYS must be keys by id"],
    ["CREDENTIALS_KEYS", '["c2hvcnQ="]', "CREDENTIALS_KEYS must be keys by id"],
    ["ACCOUNTS", '{"backup": {"TWILIO_TOKEN": "pa55word"}}', "ACCOUNTS must be accounts by name"],
    ["ACCOUNTS", '{"backup": {"TWILIO_AUTH_TOKEN": 5}}', "ACCOUNTS must be a text"],
    ["ACCOUNTS", '{"The Backup": {}}', "ACCOUNTS must be accounts by name"],
    ["ACCOUNTS", `{"${"a".repeat(21)}": {}}`, "ACCOUNTS must be accounts by name"],
    ["TIMES", '{"lease": 15000}', "lease must be at least twice callTimeout"],
    ["TIMES", '{"leese": 15000}', "TIMES must be whole ms by the names in domain/times.ts"],
    ["TIMES", '{"lease": 0}', "TIMES must be whole ms by the names in domain/times.ts"],
    ["TIMES", "[", "must be JSON"],
    ["RETENTION_DAYS", '{"deliveries": 401}', "must keep deliveries for 402 days at least"],
    ["RETENTION_DAYS", '{"attempts": 13}', "must keep attempts for 14 days at least"],
    ["RETENTION_DAYS", '{"suppressions": 400}', "RETENTION_DAYS must be whole days by table"],
    ["RETENTION_DAYS", '{"logs": 0}', "must keep logs for 1 days at least"],
    ["EXPIRES_AFTER", '{"shipped": -1}', "EXPIRES_AFTER must be seconds by status"],
    ["EXPIRES_AFTER", "7200", "EXPIRES_AFTER must be seconds by status"],
  ])("are refused when they cannot be meant: %s=%s", (name, value, because) => {
    expect(refusal({ ...ENV, [name]: value })).toContain(because);
  });
});

describe("settings that are missing or wrong", () => {
  test("are all named at once", () => {
    const message = refusal({ TWILIO_API_URL: "twilio" });
    for (const name of ["DATABASE_URL", "PUBLIC_URL", "TWILIO_API_URL"]) expect(message).toContain(name);
    expect(message).not.toContain("SENDGRID_API_URL");
  });

  test.each([
    ["DATABASE_URL", "mysql://user:pa55word@db.test/notify"],
    ["DATABASE_URL", "pa55word"],
    ["PUBLIC_URL", "javascript:pa55word"],
    ["TWILIO_AUTH_TOKEN", { secret: "pa55word" }],
    ["SENDGRID_API_KEY", ["pa55word"]],
    ["TWILIO_AUTH_TOKEN", 5555],
  ])("are named without their values: %s", (name, value) => {
    const message = refusal({ ...ENV, [name]: value });
    expect(message).toContain(name);
    expect(message).not.toMatch(/pa55word|5555/);
  });

  test.each([undefined, null, "text"])("are refused where there is no environment at all: %j", (env) => {
    expect(refusal(env)).toContain("Settings are missing or wrong");
  });
});
