import type { SendOutcome } from "../../domain/send-outcome.ts";
import type { AnswerDialect } from "../answer-outcome.ts";
import { isRecord, parseJson } from "../json-text.ts";

/** Resend's name for an error, and the field that its message complains about, where it says one. */
type ResendError = { name: string; field: string | null };

/**
 * How Resend answers: 200 with `id`, or `{ statusCode, name, message }`. Its messages quote addresses and domains,
 * so that only the field's name is taken from them.
 */
export const RESEND_ANSWER: AnswerDialect<ResendError> = {
  provider: "Resend",
  providerId: ({ bodyText }) => readId(bodyText),
  readError,
  errorCode: ({ name }) => name,
  errorOutcome: outcomeOfResendError,
  resetHeader: null,
};

/** The name of the error that says that Resend has no such mail. */
export const RESEND_NOT_FOUND = "not_found";

type Row = { class: "account" | "config" | "maybe"; reason: string };

/**
 * https://resend.com/docs/api-reference/errors. `account`: no message can go until an operator acts; `config`: not
 * this one. `maybe`: a request with this attempt's key came before, and what became of it is not said; that it
 * had another body shows that it was taken in, but not that it was sent.
 */
const BY_NAME: Readonly<Record<string, Row>> = {
  missing_api_key: { class: "account", reason: "Resend was given no API key" },
  invalid_api_key: { class: "account", reason: "Resend refused the API key" },
  restricted_api_key: { class: "account", reason: "the Resend API key is restricted or not active" },
  suspended_api_key: { class: "account", reason: "the Resend API key is suspended" },
  invalid_permission: { class: "account", reason: "the Resend credentials may not send" },
  not_found: { class: "account", reason: "the API URL of Resend knows no such address" },
  method_not_allowed: { class: "account", reason: "the API URL of Resend does not take this request" },
  invalid_from_address: { class: "config", reason: "the sender is not a valid one" },
  invalid_idempotency_key: { class: "config", reason: "Resend does not take the idempotency key" },
  missing_required_field: { class: "config", reason: "a field that Resend needs is empty" },
  concurrent_idempotent_requests: { class: "maybe", reason: "Resend is still at work on an earlier request" },
  invalid_idempotent_request: { class: "maybe", reason: "Resend has had another request of this attempt" },
  resource_locked: { class: "maybe", reason: "Resend is still at work on an earlier request" },
};

function outcomeOfResendError({ name, field }: ResendError, status: number): SendOutcome {
  const row = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (row === undefined) return outcomeOfInvalid(name, field, status);
  const { reason } = row;
  switch (row.class) {
    case "account":
      return { kind: "misconfigured", gatewayWide: true, code: name, reason };
    case "config":
      return { kind: "misconfigured", code: name, reason };
    case "maybe":
      return { kind: "ambiguous", code: name, reason };
  }
}

/** `validation_error`, and what is not known: a 401 or 403 is about the sender or the key, else the field decides. */
function outcomeOfInvalid(name: string, field: string | null, status: number): SendOutcome {
  const code = field === null ? name : `${name} ${field}`;
  if (status === 401 || field === "key")
    return { kind: "misconfigured", gatewayWide: true, code, reason: "Resend refused the API key" };
  if (status === 403) {
    return { kind: "misconfigured", code, reason: "Resend does not send from this sender's domain to everybody" };
  }
  if (status === 409) return { kind: "ambiguous", code, reason: "Resend has had an earlier request that conflicts" };
  if (field === "to") return { kind: "rejected", code, reason: "not a valid e-mail address", otherGateway: false };
  if (field !== null) return { kind: "misconfigured", code, reason: `Resend does not take the field ${field}` };
  const reason = `Resend refused the message (HTTP ${status})`;
  return { kind: "rejected", code, reason, otherGateway: false };
}

function readId(bodyText: string): string | null {
  const body = parseJson(bodyText);
  return isRecord(body) && typeof body["id"] === "string" && body["id"] !== "" ? body["id"] : null;
}

function readError(bodyText: string): ResendError | null {
  const body = parseJson(bodyText);
  if (!isRecord(body) || typeof body["name"] !== "string" || !/^[a-z_]{1,48}$/.test(body["name"])) return null;
  return { name: body["name"], field: readField(body["message"]) };
}

/** The messages put the field's name in backquotes: "Invalid `to` field. …"; of the key they say "API key is invalid". */
function readField(message: unknown): string | null {
  if (message === "API key is invalid") return "key";
  const [, field] = typeof message === "string" ? (/^[^`]*`(to|from|subject|html|text|tags)`/.exec(message) ?? []) : [];
  return field ?? null;
}
