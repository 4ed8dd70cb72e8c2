import type { CallEnding } from "../domain/call-ending.ts";
import { DEFAULT_TIMES } from "../domain/times.ts";
import type { Fetch } from "./adapter.ts";

/** Most of an answer that is read, in bytes, where nothing else is said. Providers answer a send in less than 4 KiB. */
export const MAX_ANSWER_BYTES = 65_536;

/** `GET` asks, `POST` changes something. */
export type ProviderRequest = { url: string; headers: Record<string, string> } & (
  | { method: "GET" }
  | { method: "POST"; body: string }
);

/**
 * `timeoutMs`: from the start of the call to the end of the body; not counted where its `ending` is given. `maxBytes`:
 * most of the body that is read.
 */
export type CallLimits = {
  timeoutMs?: number | undefined;
  ending?: CallEnding | undefined;
  maxBytes?: number | undefined;
};

/**
 * What became of one HTTP call.
 *
 * - `answered`: the status line came. `truncated` says why `bodyText` is not the whole body: it was longer
 *   than may be read, or the connection or the time ended while it came. The status holds all the same.
 * - `timed_out`: no status in time.
 * - `broken`: the connection failed; a Worker is not told whether before or after the request had left.
 * - `not_started`: no HTTP request can be made of this URL and these headers, so nothing has left.
 */
export type ProviderAnswer = Answered | { kind: "timed_out" } | { kind: "broken" } | { kind: "not_started" };

export type Answered = {
  kind: "answered";
  status: number;
  headers: Headers;
  bodyText: string;
  truncated: false | "too_long" | "interrupted";
};

/** Makes exactly one HTTP call; never throws and never follows a redirect. */
export async function callProvider(
  fetch: Fetch,
  request: ProviderRequest,
  { timeoutMs = DEFAULT_TIMES.callTimeout, ending, maxBytes = MAX_ANSWER_BYTES }: CallLimits = {},
): Promise<ProviderAnswer> {
  if (!isSendable(request)) return { kind: "not_started" };
  const { reached, signal, stop } =
    ending === undefined ? startEnding(timeoutMs) : { ...ending, stop: () => undefined };
  try {
    const asked = fetch(request.url, { ...request, redirect: "manual", signal });
    const response = await Promise.race([asked, reached]);
    if (response === null) return { kind: "timed_out" };
    const { status, headers } = response;
    return { kind: "answered", status, headers, ...(await readBody(response, maxBytes, reached)) };
  } catch {
    // The error's text may quote the URL, and its kind does not say how far the request came.
    return signal.aborted ? { kind: "timed_out" } : { kind: "broken" };
  } finally {
    stop();
  }
}

/** The URLs that were found sendable with these headers: an adapter that keeps its headers has them checked once. */
const sendable = new WeakMap<Record<string, string>, string>();

/** False for a URL or a header that `fetch` would refuse by the same rejection as a lost connection. */
function isSendable({ url, method, headers }: ProviderRequest): boolean {
  if (sendable.get(headers) === url) return true;
  try {
    if (!/^https?:/.test(new Request(url, { method, headers }).url)) return false;
    sendable.set(headers, url);
    return true;
  } catch {
    return false;
  }
}

/** `reached` resolves with null; racing it holds the limit even if a `fetch` or a stream does not heed the signal. */
function startEnding(timeoutMs: number) {
  const controller = new AbortController();
  const { promise: reached, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    resolve(null);
    controller.abort();
  }, timeoutMs);
  return { reached, signal: controller.signal, stop: () => clearTimeout(timer) };
}

/** Says its length, and comes as long as it says: nothing unpacks it. It is read at once, for a third of the CPU. */
function isShort(headers: Headers, maxBytes: number): boolean {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= maxBytes && !headers.has("content-encoding");
}

async function readBody(
  response: Response,
  maxBytes: number,
  reached: Promise<null>,
): Promise<Pick<Answered, "bodyText" | "truncated">> {
  if (isShort(response.headers, maxBytes)) {
    const text = await Promise.race([response.text(), reached]).catch(() => null);
    return text === null ? { bodyText: "", truncated: "interrupted" } : { bodyText: text, truncated: false };
  }
  if (response.body === null) return { bodyText: "", truncated: false };

  const decoder = new TextDecoder();
  let bodyText = "";
  let room = maxBytes;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  for (;;) {
    const chunk = await Promise.race([reader.read(), reached]).catch(() => null);
    if (chunk === null) return cut("interrupted");
    if (chunk.done) return { bodyText: bodyText + decoder.decode(), truncated: false };
    bodyText += decoder.decode(chunk.value.subarray(0, room), { stream: true });
    room -= chunk.value.byteLength;
    if (room < 0) return cut("too_long");
  }

  function cut(truncated: "too_long" | "interrupted") {
    // The answer stands whatever comes of giving up the rest; a stream that broke rejects its cancel.
    reader.cancel().catch(() => undefined);
    return { bodyText, truncated };
  }
}
