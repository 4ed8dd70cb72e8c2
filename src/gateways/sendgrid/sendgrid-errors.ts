import type { SendOutcome } from "../../domain/send-outcome.ts";
import type { AnswerDialect } from "../answer-outcome.ts";
import { isRecord, parseJson } from "../json-text.ts";

/** The fields of the request that SendGrid complains about; null for a complaint about no field. */
type SendgridError = readonly (string | null)[];

/**
 * How SendGrid answers a send: 202 (200 in sandbox mode) with the id in `X-Message-Id`, or
 * `{ errors: [{ message, field }] }`. Its messages quote addresses, so only the field is used.
 */
export const SENDGRID_ANSWER: AnswerDialect<SendgridError> = {
  provider: "SendGrid",
  providerId: ({ headers }) => headers.get("x-message-id") || null,
  readError,
  errorCode: (_error, status) => String(status),
  errorOutcome: outcomeOfSendgridError,
  resetHeader: "x-ratelimit-reset",
};

/** https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/errors */
const BY_STATUS: Readonly<Record<number, string>> = {
  401: "SendGrid refused the API key, or the account has no credits left",
  403: "SendGrid does not accept this sender, or the API key may not send",
  404: "the API URL of SendGrid knows no such address",
  405: "the API URL of SendGrid does not take this request",
  406: "the API URL of SendGrid does not take this request",
  413: "the message is larger than SendGrid takes",
  415: "the API URL of SendGrid does not take this request",
};

/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors, by the start of the field's name. */
const BY_FIELD: readonly (readonly [field: RegExp, kind: "recipient" | "config", reason: string])[] = [
  [/^personalizations\.(to|cc|bcc)\b/, "recipient", "not a valid e-mail address"],
  [/^(from|reply_to)\b/, "config", "the sender is not a valid one"],
  [/^(personalizations\.)?subject\b/, "config", "the subject is empty or not a valid one"],
  [/^content\b/, "config", "the text is empty or not a valid one"],
];

function outcomeOfSendgridError(error: SendgridError, status: number): SendOutcome {
  const known = BY_STATUS[status];
  if (known !== undefined) {
    return { kind: "misconfigured", gatewayWide: status === 401, code: String(status), reason: known };
  }

  for (const field of error) {
    const row = BY_FIELD.find(([pattern]) => pattern.test(field ?? ""));
    if (row === undefined) continue;
    const [, kind, reason] = row;
    const code = `${status} ${field}`;
    return kind === "config"
      ? { kind: "misconfigured", code, reason }
      : { kind: "rejected", code, reason, otherGateway: false };
  }
  const reason = `SendGrid refused the message (HTTP ${status})`;
  return { kind: "rejected", code: String(status), reason, otherGateway: false };
}

function readError(bodyText: string): SendgridError | null {
  const body = parseJson(bodyText);
  if (!isRecord(body) || !Array.isArray(body["errors"])) return null;
  return body["errors"].map((entry: unknown) => (isRecord(entry) ? readField(entry["field"]) : null));
}

/** `personalizations.0.to.0.email` as `personalizations.to.email`; null for anything that is not a field's name. */
function readField(field: unknown): string | null {
  if (typeof field !== "string" || !/^[a-z_]+(\.[a-z_]+|\.\d+)*$/.test(field)) return null;
  return field.replaceAll(/\.\d+/g, "").slice(0, 48);
}
