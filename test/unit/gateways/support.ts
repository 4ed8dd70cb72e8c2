import type { Fetch } from "../../../src/gateways/adapter.ts";
import type { OutboundMessage } from "../../../src/domain/outbound-message.ts";

export function aMessage(changes: Partial<OutboundMessage> = {}): OutboundMessage {
  const shipmentId = `SHIP-${crypto.randomUUID()}`;
  return {
    enterpriseId: `ent-${crypto.randomUUID()}`,
    attemptId: `att_${crypto.randomUUID().replaceAll("-", "")}`,
    to: "+34600111222",
    sender: null,
    subject: "Your parcel",
    text: `Parcel ${shipmentId} & co: delivered`,
    html: `<p>Parcel ${shipmentId} &amp; co: delivered</p>`,
    contentSid: null,
    variables: { 1: shipmentId, 2: "delivered", 3: "2026-01-02T03:04:05Z" },
    ...changes,
  };
}

/** UTF-8 bytes as a callback's body. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

export type SentRequest = { url: string; init: RequestInit; headers: Headers; body: string };

/** A `fetch` that keeps what it was asked and answers by `answer`. */
export function recordingFetch(answer: () => Response | Promise<Response>): { fetch: Fetch; sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  const fetch: Fetch = async (url, init) => {
    sent.push({ url, init, headers: new Headers(init.headers), body: typeof init.body === "string" ? init.body : "" });
    return answer();
  };
  return { fetch, sent };
}

export function jsonResponse(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

/** Chunks of bytes as a body; `end` says what comes after them. `cancelled` tells that the reader gave up. */
export function streamOf(chunks: readonly string[], end: "close" | "break" | "hang") {
  const state = { cancelled: false, pulled: 0 };
  const left = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = left.shift();
      if (chunk !== undefined) {
        state.pulled += 1;
        return controller.enqueue(chunk);
      }
      if (end === "close") return controller.close();
      if (end === "break") return controller.error(new TypeError("connection lost"));
      return new Promise(() => undefined);
    },
    cancel: () => {
      state.cancelled = true;
    },
  });
  return { body, state };
}
