import type { Answer } from "./http.ts";
import { isEmailAddress } from "./mail.ts";
import { resendError } from "./resend-errors.ts";

/** Body of POST /emails, as far as the sandbox plays it: https://resend.com/docs/api-reference/emails/send-email. */
export type ResendMail = {
  from?: unknown;
  to?: unknown;
  cc?: unknown;
  bcc?: unknown;
  subject?: unknown;
  html?: unknown;
  text?: unknown;
  tags?: unknown;
  scheduled_at?: unknown;
};

/** A list of addresses, for one may be given without a list. */
export function addressList(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The address of `Name <address>`. */
export function bareAddress(mailbox: string): string {
  return (/<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim();
}

/** What is wrong with a mail, as Resend's answer, or null. The first rule that is broken answers. */
export function findResendFault(mail: ResendMail, verifiedDomains: readonly string[]): Answer | null {
  for (const rule of RULES) {
    const answer = rule(mail);
    if (answer !== null) return answer;
  }
  const domain = bareAddress(String(mail.from)).split("@").at(-1)?.toLowerCase() ?? "";
  if (verifiedDomains.includes(domain)) return null;
  const message = `The ${domain} domain is not verified. Please, add and verify your domain on https://resend.com/domains`;
  return resendError(403, "validation_error", message);
}

type Rule = (mail: ResendMail) => Answer | null;

const RULES: readonly Rule[] = [
  (mail) => missing(mail, "from"),
  (mail) => missing(mail, "to"),
  (mail) => missing(mail, "subject"),
  ({ html, text }) => (html === undefined && text === undefined ? absent("html` or `text") : null),
  ({ from }) => (isEmailAddress(bareAddress(String(from))) ? null : invalid("from")),
  recipientRule,
  tagRule,
  ({ scheduled_at: at }) =>
    at === undefined ? null : resendError(501, "application_error", "The sandbox does not play scheduled mail."),
];

function recipientRule({ to }: ResendMail): Answer | null {
  const addresses = addressList(to).map(bareAddress);
  if (addresses.length > 50) return resendError(422, "validation_error", "The `to` field has more than 50 addresses.");
  if (!addresses.every(isEmailAddress)) return invalid("to");
  // Resend does not send to the domains that examples use.
  const example = addresses.find((address) => /@(example|test)\.com$/i.test(address));
  if (example === undefined) return null;
  const message = "Invalid `to` field. Please use our testing email address instead of domains like `example.com`.";
  return resendError(422, "validation_error", message);
}

/** Names and values: ASCII letters, digits, `_` and `-`, at most 256 of them. */
function tagRule({ tags }: ResendMail): Answer | null {
  if (tags === undefined) return null;
  const fits = (text: unknown) => typeof text === "string" && /^[A-Za-z0-9_-]{1,256}$/.test(text);
  const all: unknown[] = Array.isArray(tags) ? tags : [null];
  const good = all.every((tag) => {
    const { name, value } = (tag ?? {}) as { name?: unknown; value?: unknown };
    return fits(name) && fits(value);
  });
  if (good) return null;
  const message = "`tags` should only contain ASCII letters, numbers, underscores, or dashes.";
  return resendError(422, "validation_error", message);
}

function missing(mail: ResendMail, field: "from" | "to" | "subject"): Answer | null {
  const value = mail[field];
  const empty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return empty ? absent(field) : null;
}

function absent(field: string): Answer {
  return resendError(422, "missing_required_field", `Missing \`${field}\` field.`);
}

function invalid(field: string): Answer {
  const form = "The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.";
  return resendError(422, "validation_error", `Invalid \`${field}\` field. ${form}`);
}
