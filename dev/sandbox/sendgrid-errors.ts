import { json } from "./http.ts";
import type { Answer } from "./http.ts";

/** One error of an answer; `field` as a path, such as `personalizations.0.to.0.email`. */
export type MailError = { message: string; field: string | null; help: string | null };

/**
 * Messages by status. 403, 404, 405, 413 and 500: examples of `ErrorResponse` in sendgrid-oai,
 * spec/json/tsg_mail_v3.json. 401, 415 and 429: as live answers have them.
 */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "The provided authorization grant is invalid, expired, or revoked",
  403: "access forbidden",
  404: "not found",
  405: "method not allowed",
  413: "content too large",
  415: "Content-Type should be application/json.",
  429: "too many requests",
  500: "internal server error",
  503: "service unavailable",
};

/** Answer `{errors: [{message, field, help}]}` with the status's own message. */
export function sendgridStatusError(status: number): Answer {
  return sendgridErrors(status, [mailError(BY_STATUS[status] ?? "error", null)]);
}

export function sendgridErrors(status: number, errors: readonly MailError[]): Answer {
  return json(status, { errors });
}

export function mailError(message: string, field: string | null): MailError {
  const parameter = field?.replace(/\.\d+/g, "");
  return { message, field, help: parameter === undefined ? null : `${ERRORS_PAGE}#message.${parameter}` };
}

const ERRORS_PAGE = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html";
