import type { Answered, ProviderAnswer } from "../../src/gateways/provider-call.ts";
import type { Random } from "./random.ts";

/** Whether a provider takes a message, and what it answers after how long; `late`: taken after the call was given up. */
export type Verdict = { takes: boolean | "late"; answer: ProviderAnswer; afterMs: number };

/** How a provider answers, by the dialect of its bodies. */
export type Dialect = "twilio" | "sendgrid" | "resend";

/** The ways in which a call can go; what is lost on the way to or from the provider is a fault of its port. */
const WAYS = {
  accepted: { takes: true, status: 201 },
  unreadable: { takes: true, status: 200 },
  error_but_taken: { takes: true, status: 500 },
  error: { takes: false, status: 500 },
  bad_gateway: { takes: false, status: 502 },
  bare_unavailable_but_taken: { takes: true, status: 503 },
  silent: { takes: false, status: null },
  silent_but_taken: { takes: true, status: null },
  silent_and_taken_late: { takes: "late", status: null },
  unavailable: { takes: false, status: 503, code: 20503, name: "application_error" },
  limited: { takes: false, status: 429, code: 20429, name: "rate_limit_exceeded" },
  wrong_recipient: {
    takes: false,
    status: 400,
    code: 21211,
    field: "personalizations.0.to",
    name: "validation_error",
    text: "Invalid `to` field",
  },
  wrong_gateway: { takes: false, status: 400, code: 63003, field: "content", name: "missing_required_field" },
  wrong_sender: { takes: false, status: 400, code: 21212, field: "from", name: "invalid_from_address" },
  wrong_account: { takes: false, status: 401, code: 20003, name: "invalid_api_key" },
} as const satisfies Record<string, WayOf>;

/** What says it in the body: Twilio a code, SendGrid a field, Resend a name and a text. */
type Words = { code?: number; field?: string | null; name?: string; text?: string };

type WayOf = Words & { takes: boolean | "late"; status: number | null };

export type Way = keyof typeof WAYS;

/** What can go wrong with one call, the more telling ways more often. */
export const TROUBLES: readonly Way[] = [
  "unreadable",
  "error_but_taken",
  "error_but_taken",
  "error",
  "error",
  "bad_gateway",
  "bare_unavailable_but_taken",
  "silent",
  "silent",
  "silent_but_taken",
  "silent_and_taken_late",
  "unavailable",
  "unavailable",
  "limited",
  "limited",
  "wrong_recipient",
  "wrong_gateway",
  "wrong_sender",
  "wrong_account",
];

/** What can be wrong with a gateway for minutes. */
export const OUTAGES: readonly Way[] = ["unavailable", "silent", "wrong_account", "limited", "error"];

export function verdictOf(way: Way, dialect: Dialect, providerId: string, random: Random): Verdict {
  const { takes, status, ...words }: WayOf = WAYS[way];
  if (status === null) return { takes, answer: { kind: "timed_out" }, afterMs: Infinity };
  return {
    takes,
    answer: answered(status, bodyOf(way, dialect, providerId, words), headersOf(way, dialect, providerId, random)),
    afterMs: random.chance(0.1) ? random.between(1_000, 9_000) : random.between(20, 400),
  };
}

function answered(status: number, bodyText: string, headers: Headers): Answered {
  return { kind: "answered", status, headers, bodyText, truncated: false };
}

function bodyOf(way: Way, dialect: Dialect, providerId: string, { code, field = null, name, text }: Words): string {
  if (way === "unreadable") return "<html>";
  const isAccepted = way === "accepted";
  if (!isAccepted && code === undefined) return "";
  switch (dialect) {
    case "twilio":
      return JSON.stringify(isAccepted ? { sid: providerId } : { code, message: "no" });
    case "sendgrid":
      return isAccepted ? "" : JSON.stringify({ errors: [{ message: "no", field }] });
    case "resend":
      return JSON.stringify(isAccepted ? { id: providerId } : { name, message: text ?? "no" });
  }
}

const NO_HEADERS = new Headers();

/** A wait that is asked for: none, seconds, or an absurd one. */
function headersOf(way: Way, dialect: Dialect, providerId: string, random: Random): Headers {
  if (way === "accepted") return dialect === "sendgrid" ? new Headers({ "x-message-id": providerId }) : NO_HEADERS;
  if (way !== "limited") return NO_HEADERS;
  const wait = random.pick(["", "", "3", "20", "999999999"]);
  return wait === "" ? NO_HEADERS : new Headers({ "retry-after": wait });
}
