import * as z from "zod";

const url = z.url({ protocol: /^https?$/ });

/** An address that paths are put behind. */
const baseUrl = url.transform((text) => text.replace(/\/+$/, ""));

const schema = z.object({
  DATABASE_URL: url,
  API_TOKEN: z.string().default(""),
  PUBLIC_URL: baseUrl,
  TWILIO_API_URL: baseUrl.default("https://api.twilio.com"),
  TWILIO_ACCOUNT_SID: z.string().default(""),
  TWILIO_AUTH_TOKEN: z.string().default(""),
  TWILIO_FROM: z.string().default(""),
  TWILIO_MESSAGING_SERVICE_SID: z.string().default(""),
  TWILIO_WHATSAPP_FROM: z.string().default(""),
  TWILIO_WHATSAPP_CONTENT_SID: z.string().default(""),
  SENDGRID_API_URL: baseUrl.default("https://api.sendgrid.com"),
  SENDGRID_API_KEY: z.string().default(""),
  SENDGRID_FROM_EMAIL: z.string().default(""),
  SENDGRID_FROM_NAME: z.string().default(""),
  SENDGRID_WEBHOOK_PUBLIC_KEY: z.string().default(""),
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
