import { json } from "./http.ts";
import type { Answer } from "./http.ts";

/**
 * Error answers of Twilio's API. A row is the HTTP status and the message, with `{to}`, `{from}` and
 * `{value}` filled in. What a code means: https://www.twilio.com/docs/api/errors/<code>. The wording is
 * that of live answers as users have reported them, and the title of the page where there was none.
 */
const ERRORS: Readonly<Record<number, readonly [status: number, message: string]>> = {
  20003: [401, "Authenticate"],
  20004: [405, "Method not allowed"],
  20404: [404, "The requested resource {value} was not found"],
  20429: [429, "Too Many Requests"],
  20500: [500, "An internal server error has occurred"],
  20503: [503, "Service unavailable"],
  21211: [400, "The 'To' number {to} is not a valid phone number."],
  21212: [400, "The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID."],
  21408: [400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}."],
  21602: [400, "Message body is required."],
  21603: [400, "A 'From' phone number is required."],
  21604: [400, "A 'To' phone number is required."],
  21606: [
    400,
    "The From phone number {from} is not a valid, SMS-capable inbound phone number or short code for your account.",
  ],
  21609: [400, "The 'StatusCallback' URL {value} is not a valid URL."],
  21610: [400, "Attempt to send to unsubscribed recipient"],
  21611: [400, "This 'From' number has exceeded the maximum number of queued messages"],
  21612: [
    400,
    "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {from} via SMS.",
  ],
  21614: [400, "'To' number is not a valid mobile number"],
  21617: [400, "The concatenated message body exceeds the 1600 character limit"],
  21619: [400, "A text message body or media urls must be specified."],
  21624: [400, "Invalid validity period value"],
  21654: [400, "ContentSid Required"],
  21655: [400, "The ContentSid is Invalid"],
  21656: [400, "The ContentVariables Parameter is invalid"],
  21659: [400, "'From' {from} is not a Twilio phone number or Short Code country mismatch"],
  21660: [400, "Mismatch between the 'From' number {from} and the account {value}"],
  21701: [404, "The Messaging Service does not exist"],
  21703: [400, "The Messaging Service contains no phone numbers."],
  21705: [400, "The Messaging Service Sid {value} is invalid"],
  21910: [400, "Invalid From and To pair. From and To should be of the same channel"],
  63007: [400, "Twilio could not find a Channel with the specified From address"],
};

export type Fill = { to?: string; from?: string; value?: string };

/** Answer `{code, message, more_info, status}`, the shape of https://www.twilio.com/docs/usage/twilios-response. */
export function twilioError(code: number, fill: Fill = {}): Answer {
  const [status, text] = ERRORS[code] ?? [400, `Error ${code}`];
  const message = text.replace(/\{(to|from|value)\}/g, (_, name: keyof Fill) => fill[name] ?? "");
  const headers: Record<string, string> = status === 401 ? { "www-authenticate": 'Basic realm="Twilio API"' } : {};
  return json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, headers);
}

/** Twilio's own body for an HTTP status that a fault asks for; codes 20xxx are named after the status. */
export function twilioStatusError(status: number): Answer {
  const code = { 401: 20003, 405: 20004 }[status] ?? 20000 + status;
  if (ERRORS[code] !== undefined) return twilioError(code);
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return json(status, { code, message: "An error has occurred", more_info, status });
}

/** For what the real API does and the sandbox does not: said aloud, instead of done wrongly. */
export function notPlayed(what: string): Answer {
  return json(501, { code: 20501, message: `The sandbox does not play ${what}.`, more_info: "", status: 501 });
}
