import { createHmac, randomUUID } from "node:crypto";
import { postOnce } from "./post.ts";
import type { PostOutcome } from "./post.ts";

/** How callbacks are posted. Times in ms. */
export type Overrides = {
  connectMs: number;
  readMs: number;
  totalMs: number;
  retries: number;
  policies: readonly string[];
};

/**
 * Splits a StatusCallback into the URL that is called and its connection overrides (`#rc=2&rp=all&rt=5000`).
 * Bounds and defaults: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides. A value out
 * of bounds is ignored.
 *
 * A fragment never leaves the client (RFC 9110, section 4.2.5), and the signed URL ends with the query
 * (https://www.twilio.com/docs/usage/webhooks/webhooks-security): who checks the signature leaves it out.
 */
export function readStatusCallback(statusCallback: string): { url: string; overrides: Overrides } {
  const at = statusCallback.indexOf("#");
  const url = at < 0 ? statusCallback : statusCallback.slice(0, at);
  const fragment = new URLSearchParams(at < 0 ? "" : statusCallback.slice(at + 1));
  const number = (name: string, least: number, most: number, standard: number) => {
    const value = Number(fragment.get(name) ?? standard);
    return Number.isInteger(value) && value >= least && value <= most ? value : standard;
  };
  return {
    url,
    overrides: {
      connectMs: number("ct", 100, 10_000, 5_000),
      readMs: number("rt", 100, 15_000, 15_000),
      totalMs: number("tt", 100, 15_000, 15_000),
      retries: number("rc", 0, 5, 1),
      policies: (fragment.get("rp") ?? "ct").split(",").map((policy) => policy.trim()),
    },
  };
}

/** `X-Twilio-Signature`: https://www.twilio.com/docs/usage/webhooks/webhooks-security. */
export function signForm(authToken: string, url: string, params: Readonly<Record<string, string>>): string {
  const sorted = Object.keys(params).toSorted();
  const data = sorted.reduce((text, name) => text + name + (params[name] ?? ""), url);
  return createHmac("sha1", authToken).update(data, "utf8").digest("base64");
}

/**
 * Posts one signed callback, and again as its overrides say. Repeats follow at once and carry the same
 * I-Twilio-Idempotency-Token. Rejects only when `signal` aborts.
 */
export async function postCallback(
  statusCallback: string,
  authToken: string,
  params: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const { url, overrides } = readStatusCallback(statusCallback);
  const headers = {
    accept: "*/*",
    "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
    "i-twilio-idempotency-token": randomUUID(),
    "user-agent": "TwilioProxy/1.1",
    "x-twilio-signature": signForm(authToken, url, params),
  };
  const body = new URLSearchParams(params).toString();
  const deadline = Date.now() + overrides.totalMs;
  for (let repeats = 0; repeats <= overrides.retries; repeats += 1) {
    const left = deadline - Date.now();
    if (left <= 0) return;
    const connectMs = Math.min(overrides.connectMs, left);
    const readMs = Math.min(overrides.readMs, left);
    const outcome = await postOnce({ url, headers, body, connectMs, readMs, signal });
    if (!isRepeated(outcome, overrides.policies)) return;
  }
}

function isRepeated(outcome: PostOutcome, policies: readonly string[]): boolean {
  const policy = policyOf(outcome);
  return policy !== null && (policies.includes("all") || policies.includes(policy));
}

/** The retry policy that an outcome falls under; null for success, and for answers that none covers. */
function policyOf(outcome: PostOutcome): string | null {
  if (outcome.kind === "not_connected") return "ct";
  if (outcome.kind === "timed_out") return "rt";
  if (outcome.status >= 500) return "5xx";
  return outcome.status >= 400 ? "4xx" : null;
}
