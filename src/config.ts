import * as z from "zod/mini";
import { nameKey } from "./domain/adapter-facts.ts";
import { decodeBase64Url } from "./domain/base64url.ts";
import { DEFAULT_RETENTION, LEAST_DAYS, RETAINED, type Retention } from "./domain/retention.ts";
import { readRatePolicies } from "./domain/rate-policy.ts";
import { DEFAULT_TIMES, type Times } from "./domain/times.ts";

const url = z.url({ protocol: /^https?$/, error: "must be a URL" });

/** An address that paths are put behind. */
const baseUrl = z.pipe(
  url,
  z.transform((text: string) => text.replace(/\/+$/, "")),
);

/** A text; empty where it is not set. */
const text = z.prefault(z.string({ error: "must be a text" }), "");

/** A setting that is written as JSON; empty means `{}`. */
const json = z.pipe(
  z.string(),
  z.transform((given: string, { issues }): unknown => {
    try {
      return JSON.parse(given === "" ? "{}" : given);
    } catch {
      issues.push({ code: "custom", input: given, message: "must be JSON" });
      return z.NEVER;
    }
  }),
);

const SECONDS = "must be seconds by status, above 0 and at most 604800";

/** `{"out for delivery": 7200}`: seconds by status, kept in ms by the status in lower case. */
const expiryRules = z.pipe(
  z.pipe(
    json,
    z.record(z.string(), z.number(SECONDS).check(z.positive(SECONDS), z.maximum(604_800, SECONDS)), SECONDS),
  ),
  z.transform(
    (rules: Record<string, number>) => new Map(Object.entries(rules).map(([status, s]) => [nameKey(status), s * 1000])),
  ),
);

const MS = "must be whole ms by the names in domain/times.ts";

const timeNames = Object.keys(DEFAULT_TIMES) as (keyof Times)[];

/** Durations in ms by their names in `domain/times.ts`; what is not named keeps its default. */
const times = z
  .pipe(
    z.pipe(json, z.partialRecord(z.enum(timeNames), z.int(MS).check(z.positive(MS)), MS)),
    z.transform((given: Partial<Times>): Times => ({ ...DEFAULT_TIMES, ...given })),
  )
  .check(
    z.refine(({ lease, callTimeout }) => lease >= 2 * callTimeout, {
      error: "lease must be at least twice callTimeout",
    }),
  );

const DAYS = `must be whole days by table, which is one of ${RETAINED.join(", ")}`;

/** `{"logs": 90}`: days by table; what is not named keeps its default. */
const retention = z
  .pipe(
    z.pipe(json, z.partialRecord(z.enum(RETAINED), z.int(DAYS).check(z.maximum(36_500, DAYS)), DAYS)),
    z.transform((given: Partial<Retention>): Retention => ({ ...DEFAULT_RETENTION, ...given })),
  )
  .check(({ value, issues }) => {
    for (const what of RETAINED) {
      if (value[what] >= LEAST_DAYS[what]) continue;
      issues.push({ code: "custom", input: value, message: `must keep ${what} for ${LEAST_DAYS[what]} days at least` });
    }
  });

const ratePolicies = z.pipe(
  z.string(),
  z.transform((given: string, { issues }) => {
    const policies = readRatePolicies(given);
    if (policies !== null) return policies;
    issues.push({ code: "custom", input: given, message: 'must be like "default";q=5000;w=10, "failures";q=20;w=10' });
    return z.NEVER;
  }),
);

const ORIGINS = "must be origins with commas between them, like https://shop.example";

/** Pages that may call the API from a browser. */
const origins = z
  .pipe(
    z.string(),
    z.transform((given: string) => given.split(",").flatMap((part) => part.trim() || [])),
  )
  .check(z.refine((all) => all.every((one) => URL.canParse(one) && new URL(one).origin === one), { error: ORIGINS }));

/** What each provider account has of its own: credentials, senders, keys. */
const account = {
  TWILIO_ACCOUNT_SID: text,
  TWILIO_AUTH_TOKEN: text,
  TWILIO_FROM: text,
  TWILIO_MESSAGING_SERVICE_SID: text,
  TWILIO_WHATSAPP_FROM: text,
  TWILIO_WHATSAPP_CONTENT_SID: text,
  SENDGRID_API_KEY: text,
  SENDGRID_FROM_EMAIL: text,
  SENDGRID_FROM_NAME: text,
  SENDGRID_WEBHOOK_PUBLIC_KEY: text,
  RESEND_API_KEY: text,
  RESEND_FROM_EMAIL: text,
  RESEND_FROM_NAME: text,
  RESEND_WEBHOOK_SECRET: text,
};

const ACCOUNTS = "must be accounts by name (1 to 20 of a-z0-9_-), each with settings of providers as texts";

/** Further provider accounts by their names, which `gateways.account` uses and so has to hold. */
const accounts = z.pipe(
  json,
  z.record(
    z.string().check(z.regex(/^[a-z0-9_-]{1,20}$/)),
    z.strictObject(
      {
        ...account,
        TWILIO_API_URL: z.optional(baseUrl),
        SENDGRID_API_URL: z.optional(baseUrl),
        RESEND_API_URL: z.optional(baseUrl),
      },
      ACCOUNTS,
    ),
    ACCOUNTS,
  ),
);

const KEYS = "must be keys by id (1 to 20 of a-z0-9-, a letter among them), each 32 bytes in base64";

/** `{"2026a": "…"}`: the last one seals, all open. An id of digits alone would not keep its place in the JSON. */
const credentialsKeys = z.pipe(
  z.pipe(
    json,
    z.record(
      z.string().check(z.regex(/^(?=.*[a-z])[a-z0-9-]{1,20}$/)),
      z.string(KEYS).check(z.refine((key) => decodeBase64Url(key)?.length === 32, { error: KEYS })),
      KEYS,
    ),
  ),
  z.transform((keys: Record<string, string>) =>
    Object.entries(keys).map(([keyId, key]) => ({ keyId, bytes: decodeBase64Url(key) ?? new Uint8Array() })),
  ),
);

const schema = z.object({
  DATABASE_URL: url,
  PUBLIC_URL: baseUrl,
  RATE_LIMIT_POLICY: z.prefault(ratePolicies, ""),
  CORS_ORIGINS: z.prefault(origins, ""),
  EXPIRES_AFTER: z.prefault(expiryRules, ""),
  TIMES: z.prefault(times, ""),
  RETENTION_DAYS: z.prefault(retention, ""),
  ACCOUNTS: z.prefault(accounts, ""),
  CREDENTIALS_KEYS: z.prefault(credentialsKeys, ""),
  TWILIO_API_URL: z.prefault(baseUrl, "https://api.twilio.com"),
  SENDGRID_API_URL: z.prefault(baseUrl, "https://api.sendgrid.com"),
  RESEND_API_URL: z.prefault(baseUrl, "https://api.resend.com"),
  ...account,
});

/** The Worker's settings, checked. A provider that is not configured has empty strings. */
export type Config = z.infer<typeof schema>;

/** Thrown when settings are missing or wrong; names them, never their values. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Its message may be logged. */
  readonly isDiscreet = true;
}

/** Reads the settings that every door needs. */
export function readConfig(env: unknown): Config {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`);
  throw new ConfigError(`Settings are missing or wrong: ${names.join("; ")}.`);
}
