import * as z from "zod";
import { nameKey } from "./domain/adapter-facts.ts";
import { DEFAULT_TIMES, type Times } from "./domain/times.ts";

const url = z.url({ protocol: /^https?$/ });

/** An address that paths are put behind. */
const baseUrl = url.transform((text) => text.replace(/\/+$/, ""));

/** A setting that is written as JSON; empty means `{}`. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
});

/** `{"out for delivery": 7200}`: seconds by status, kept in ms by the status in lower case. */
const expiryRules = json
  .pipe(z.record(z.string(), z.number().positive().max(604_800)))
  .transform((rules) => new Map(Object.entries(rules).map(([status, s]) => [nameKey(status), s * 1000])));

const timeNames = Object.keys(DEFAULT_TIMES) as (keyof Times)[];

/** Durations in ms by their names in `domain/times.ts`; what is not named keeps its default. */
const times = json
  .pipe(z.partialRecord(z.enum(timeNames), z.int().positive()))
  .transform((given): Times => ({ ...DEFAULT_TIMES, ...given }))
  .refine(({ lease, callTimeout }) => lease >= 2 * callTimeout, {
    error: "lease must be at least twice callTimeout",
  });

const text = z.string().default("");

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
};

/** Further provider accounts by their names, which `gateways.account` uses and so has to hold. */
const accounts = json.pipe(
  z.record(
    z.string().regex(/^[a-z0-9_-]{1,20}$/),
    z.strictObject({ ...account, TWILIO_API_URL: baseUrl.optional(), SENDGRID_API_URL: baseUrl.optional() }),
  ),
);

const schema = z.object({
  DATABASE_URL: url,
  API_TOKEN: text,
  PUBLIC_URL: baseUrl,
  EXPIRES_AFTER: expiryRules.prefault(""),
  TIMES: times.prefault(""),
  ACCOUNTS: accounts.prefault(""),
  TWILIO_API_URL: baseUrl.default("https://api.twilio.com"),
  SENDGRID_API_URL: baseUrl.default("https://api.sendgrid.com"),
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
