import { json } from "./http.ts";
import type { Answer } from "./http.ts";

/** Names and messages by status, for a status that a fault asks for: https://resend.com/docs/api-reference/errors. */
const BY_STATUS: Readonly<Record<number, readonly [name: string, message: string]>> = {
  400: ["validation_error", "An error was found with one or more fields in the request."],
  401: ["missing_api_key", "Missing API key in the authorization header."],
  403: ["restricted_api_key", "API key is not active"],
  404: ["not_found", "The requested endpoint does not exist."],
  405: ["method_not_allowed", "Method is not allowed for the requested path."],
  409: ["concurrent_idempotent_requests", "There is another request in progress with the same idempotency key."],
  422: ["validation_error", "An error was found with one or more fields in the request."],
  429: ["rate_limit_exceeded", "Too many requests. Please limit the number of requests per second."],
  500: ["application_error", "An unexpected error occurred."],
  503: ["service_unavailable", "API is temporarily unavailable"],
};

/** Answer `{statusCode, name, message}`. */
export function resendError(status: number, name: string, message: string): Answer {
  return json(status, { statusCode: status, name, message });
}

/** Resend's own body for an HTTP status that a fault asks for. */
export function resendStatusError(status: number): Answer {
  const [name, message] = BY_STATUS[status] ?? ["application_error", "An unexpected error occurred."];
  return resendError(status, name, message);
}
