import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Pace } from "./pace.ts";
import { isTaken, postOnce } from "./post.ts";
import type { Scheduler } from "./scheduler.ts";

export type MailEvent = Readonly<Record<string, unknown>>;

/** Gathers events and posts them, many in one array. */
export type EventWebhook = { add: (event: MailEvent) => void };

/** Signing key of the event webhook; `publicKey` is base64 SPKI DER, as SendGrid's settings show it. */
export type EventKey = { privateKey: KeyObject; publicKey: string };

/** `pkcs8`: base64 DER of a P-256 private key; a new one when absent. */
export function createEventKey(pkcs8: string | undefined): EventKey {
  const privateKey =
    pkcs8 === undefined
      ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
      : createPrivateKey({ key: Buffer.from(pkcs8, "base64"), format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return { privateKey, publicKey: spki.toString("base64") };
}

/** Longest wait for the receiver, ms. */
const ANSWER_MS = 10_000;
/** Events in one post, at most. */
const MOST_EVENTS = 500;

/**
 * Posts to `url`, or nowhere when it is null. Each post that gets no 2xx is repeated at growing intervals
 * with the same body, until the pace gives up.
 */
export function createEventWebhook(url: string | null, key: EventKey, pace: Pace, scheduler: Scheduler): EventWebhook {
  let gathered: MailEvent[] = [];
  const flush = () => {
    const events = gathered;
    gathered = [];
    for (let start = 0; start < events.length; start += MOST_EVENTS) {
      const some = events.slice(start, start + MOST_EVENTS);
      if (url !== null) scheduler.run(() => deliver(url, some, key, pace, scheduler));
    }
  };
  return {
    add: (event) => {
      gathered.push(event);
      if (gathered.length === 1) scheduler.after(pace.gather, flush);
    },
  };
}

async function deliver(
  url: string,
  events: readonly MailEvent[],
  key: EventKey,
  pace: Pace,
  scheduler: Scheduler,
): Promise<void> {
  const body = `${JSON.stringify(events)}\r\n`;
  const deadline = Date.now() + pace.giveUp;
  for (let wait = pace.retry; ; wait = Math.min(wait * 2, pace.retryLongest)) {
    const headers = signedHeaders(body, key);
    const limits = { connectMs: ANSWER_MS, readMs: ANSWER_MS, signal: scheduler.signal };
    if (isTaken(await postOnce({ url, headers, body, ...limits }))) return;
    if (Date.now() + wait > deadline) return;
    await scheduler.sleep(wait);
  }
}

/**
 * ECDSA over timestamp and body, the body's trailing CRLF included; every repeat is signed anew:
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 */
export function signedHeaders(body: string, key: EventKey): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    "content-type": "application/json",
    "user-agent": "SendGrid Event API",
    "x-twilio-email-event-webhook-signature": sign(
      "sha256",
      Buffer.from(timestamp + body, "utf8"),
      key.privateKey,
    ).toString("base64"),
    "x-twilio-email-event-webhook-timestamp": timestamp,
  };
}
