import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { MAX_ANSWER_BYTES, callProvider } from "../../../src/gateways/provider-call.ts";
import { recordingFetch, streamOf } from "./support.ts";

const REQUEST = {
  method: "POST" as const,
  url: "https://provider.test/send",
  headers: { accept: "application/json" },
  body: "a=1",
};

describe("one call", () => {
  test("sends the request once, as a POST that follows no redirect", async () => {
    const { fetch, sent } = recordingFetch(() => new Response("ok", { status: 201 }));

    await callProvider(fetch, REQUEST);

    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ url: REQUEST.url, body: "a=1", init: { method: "POST", redirect: "manual" } });
    expect(sent[0]?.headers.get("accept")).toBe("application/json");
  });

  test("returns the status, the headers and the whole body", async () => {
    const { fetch } = recordingFetch(() => new Response("{}", { status: 418, headers: { "x-id": "7" } }));

    const answer = await callProvider(fetch, REQUEST);

    expect(answer).toMatchObject({ kind: "answered", status: 418, bodyText: "{}", truncated: false });
    expect(answer.kind === "answered" && answer.headers.get("x-id")).toBe("7");
  });

  test("takes a redirect for an answer", async () => {
    const { fetch, sent } = recordingFetch(
      () => new Response(null, { status: 302, headers: { location: "https://elsewhere.test/" } }),
    );

    expect(await callProvider(fetch, REQUEST)).toMatchObject({ kind: "answered", status: 302, bodyText: "" });
    expect(sent).toHaveLength(1);
  });

  test("joins characters that were cut between two chunks", async () => {
    const [first, second] = [new Uint8Array([0xe2, 0x82]), new Uint8Array([0xac])];
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(first);
        controller.enqueue(second);
        controller.close();
      },
    });

    expect(await callProvider(async () => new Response(body), REQUEST)).toMatchObject({ bodyText: "€" });
  });

  test("reports a connection that broke before an answer", async () => {
    const fetch = () => Promise.reject(new TypeError("connection reset"));

    expect(await callProvider(fetch, REQUEST)).toEqual({ kind: "broken" });
  });

  test("reads no more than the bound of an endless body, and gives the rest up", async () => {
    const { body, state } = streamOf(
      Array.from({ length: 160 }, () => "x".repeat(65_536)),
      "close",
    );

    const answer = await callProvider(async () => new Response(body), REQUEST);

    expect(answer).toMatchObject({ kind: "answered", truncated: "too_long" });
    expect(answer.kind === "answered" && answer.bodyText.length).toBe(MAX_ANSWER_BYTES);
    expect(state.cancelled).toBe(true);
    expect(state.pulled).toBeLessThan(5);
  });

  test("does not call a body of exactly the bound too long", async () => {
    const { body } = streamOf(["x".repeat(MAX_ANSWER_BYTES)], "close");

    expect(await callProvider(async () => new Response(body), REQUEST)).toMatchObject({ truncated: false });
  });

  describe("whose answer says its length", () => {
    const ofLength = (length: number, more: Record<string, string> = {}) => ({
      headers: { "content-length": String(length), ...more },
    });

    test("returns the whole body of a short one", async () => {
      const fetch = async () => new Response("€", ofLength(3));

      expect(await callProvider(fetch, REQUEST)).toMatchObject({ bodyText: "€", truncated: false });
    });

    test.each([
      ["says that it is longer", ofLength(MAX_ANSWER_BYTES + 2)],
      ["is packed, so that it may be longer than it says", ofLength(20, { "content-encoding": "gzip" })],
    ])("reads no more than the bound of one that %s", async (_what, init) => {
      const { body, state } = streamOf(["x".repeat(MAX_ANSWER_BYTES), "xx", "more"], "hang");

      const answer = await callProvider(async () => new Response(body, init), REQUEST);

      expect(answer).toMatchObject({ kind: "answered", truncated: "too_long" });
      expect(answer.kind === "answered" && answer.bodyText.length).toBe(MAX_ANSWER_BYTES);
      expect(state.cancelled).toBe(true);
    });

    test("keeps the status of one whose body broke off", async () => {
      const { body } = streamOf(['{"sid":'], "break");
      const fetch = async () => new Response(body, { status: 201, ...ofLength(20) });

      expect(await callProvider(fetch, REQUEST)).toMatchObject({ status: 201, bodyText: "", truncated: "interrupted" });
    });
  });

  test("keeps the status of an answer whose body broke off", async () => {
    const { body } = streamOf(['{"sid":'], "break");

    const answer = await callProvider(async () => new Response(body, { status: 201 }), REQUEST);

    expect(answer).toMatchObject({ kind: "answered", status: 201, bodyText: '{"sid":', truncated: "interrupted" });
  });

  test("checks headers anew that come with another URL", async () => {
    const { fetch, sent } = recordingFetch(() => new Response("ok"));

    await callProvider(fetch, REQUEST);
    expect(await callProvider(fetch, { ...REQUEST, url: "/send" })).toEqual({ kind: "not_started" });
    expect(sent).toHaveLength(1);
  });

  test.each([
    ["no URL", { url: "/v3/mail/send" }],
    ["another protocol", { url: "ftp://provider.test/" }],
    ["credentials in the URL", { url: "https://user:secret@provider.test/" }],
    ["a header that cannot be sent", { headers: { authorization: "Bearer a\nb" } }],
  ])("does not start with %s", async (_what, change) => {
    const { fetch, sent } = recordingFetch(() => new Response("ok"));

    expect(await callProvider(fetch, { ...REQUEST, ...change })).toEqual({ kind: "not_started" });
    expect(sent).toHaveLength(0);
  });
});

describe("the time limit", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("ends a call that is never answered, and aborts it", async () => {
    let signal: AbortSignal | null | undefined;
    const call = callProvider((_url, init) => {
      signal = init.signal;
      return new Promise(() => undefined);
    }, REQUEST);

    await vi.advanceTimersByTimeAsync(DEFAULT_TIMES.callTimeout - 1);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);

    expect(await call).toEqual({ kind: "timed_out" });
    expect(signal?.aborted).toBe(true);
  });

  test("ends a call whose fetch rejects on abort in the same way", async () => {
    const call = callProvider(
      (_url, init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        }),
      REQUEST,
    );

    await vi.advanceTimersByTimeAsync(DEFAULT_TIMES.callTimeout);

    expect(await call).toEqual({ kind: "timed_out" });
  });

  test("also ends a body that never ends, keeping the status", async () => {
    const { body, state } = streamOf(["half"], "hang");
    const call = callProvider(async () => new Response(body, { status: 202 }), REQUEST);

    await vi.advanceTimersByTimeAsync(DEFAULT_TIMES.callTimeout);

    expect(await call).toMatchObject({ kind: "answered", status: 202, bodyText: "half", truncated: "interrupted" });
    expect(state.cancelled).toBe(true);
  });

  test("ends a short body that never comes", async () => {
    const { body } = streamOf(["half"], "hang");
    const init = { status: 202, headers: { "content-length": "20" } };
    const call = callProvider(async () => new Response(body, init), REQUEST);

    await vi.advanceTimersByTimeAsync(DEFAULT_TIMES.callTimeout);

    expect(await call).toMatchObject({ kind: "answered", status: 202, bodyText: "", truncated: "interrupted" });
  });

  test("is the ending that is given, with no timer of its own", async () => {
    const controller = new AbortController();
    const { promise: reached, resolve } = Promise.withResolvers<null>();
    const signals: unknown[] = [];
    const ending = { reached, signal: controller.signal };
    const fetch = async (_url: string, init: RequestInit) => {
      signals.push(init.signal);
      return new Promise<Response>(() => undefined);
    };

    const call = callProvider(fetch, REQUEST, { ending });
    resolve(null);

    expect(await call).toEqual({ kind: "timed_out" });
    expect(signals).toEqual([controller.signal]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("leaves no timer behind after an answer", async () => {
    await callProvider(async () => new Response("ok"), REQUEST);

    expect(vi.getTimerCount()).toBe(0);
  });
});
