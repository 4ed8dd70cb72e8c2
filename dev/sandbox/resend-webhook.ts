import { createHmac, randomBytes } from "node:crypto";
import type { Pace } from "./pace.ts";
import { isTaken, postOnce } from "./post.ts";
import type { Scheduler } from "./scheduler.ts";

export type ResendEvent = Readonly<Record<string, unknown>>;

/** Posts one event; `copies` of it have the same id. */
export type ResendWebhook = { post: (event: ResendEvent, copies: number) => void };

/** A secret as Resend shows it. */
export function createWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}

/** Longest wait for the receiver, ms: https://docs.svix.com/receiving/introduction. */
const ANSWER_MS = 15_000;

/**
 * Posts each event to `url`, or nowhere when it is null. One that gets no 2xx is posted again, with the same id and
 * signed anew: after 5 s, 5 min, 30 min … in life (https://resend.com/docs/webhooks/retries-and-replays), here at
 * the pace's growing intervals until it gives up.
 */
export function createResendWebhook(
  url: string | null,
  secret: string,
  pace: Pace,
  scheduler: Scheduler,
): ResendWebhook {
  return {
    post: (event, copies) => {
      if (url === null) return;
      const id = `msg_${randomBytes(18).toString("base64url").replaceAll(/[-_]/g, "0")}`;
      for (let copy = 0; copy < copies; copy += 1) {
        scheduler.run(() => deliver(url, id, JSON.stringify(event), secret, pace, scheduler));
      }
    },
  };
}

async function deliver(
  url: string,
  id: string,
  body: string,
  secret: string,
  pace: Pace,
  scheduler: Scheduler,
): Promise<void> {
  const deadline = Date.now() + pace.giveUp;
  for (let wait = pace.retry; ; wait *= 2) {
    const headers = signedHeaders(id, body, secret);
    const limits = { connectMs: ANSWER_MS, readMs: ANSWER_MS, signal: scheduler.signal };
    if (isTaken(await postOnce({ url, headers, body, ...limits }))) return;
    if (Date.now() + wait > deadline) return;
    await scheduler.sleep(wait);
  }
}

/** https://docs.svix.com/receiving/verifying-payloads/how-manual */
function signedHeaders(id: string, body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    "user-agent": "Svix-Webhooks/1.0 (sandbox)",
    "svix-id": id,
    "svix-timestamp": timestamp,
    "svix-signature": `v1,${signature}`,
  };
}
