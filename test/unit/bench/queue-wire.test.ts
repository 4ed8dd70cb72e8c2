import { expect, test } from "vitest";
import { readFate, readSent } from "../../../bench/broker/queue-wire.ts";

test("a single message is its body, with its delay in a header", () => {
  const headers = { "x-msg-fmt": "json", "x-msg-delay-secs": "3" };
  expect(readSent("/message", headers, '{"a":1}')).toEqual([{ json: '{"a":1}', delayMs: 3_000 }]);
});

test("messages of a batch have delays of their own, else the batch's", () => {
  const body =
    '{"messages":[{"body":"eyJiIjoxfQ==","contentType":"json"},{"body":"IsOpIg==","contentType":"json","delaySecs": 0}]}';
  expect(readSent("/batch", { "x-msg-delay-secs": "2" }, body)).toEqual([
    { json: '{"b":1}', delayMs: 2_000 },
    { json: '"é"', delayMs: 0 },
  ]);
});

test("what is not JSON, or not a queue's, is refused", () => {
  expect(() => readSent("/message", { "x-msg-fmt": "v8" }, "")).toThrow("v8");
  expect(() => readSent("/metrics", {}, "")).toThrow("/metrics");
});

const result = { outcome: "ok", ackAll: true, retryBatch: { retry: false }, explicitAcks: [], retryMessages: [] };

test("a batch is done with when its consumer says so or says nothing", () => {
  expect(readFate(JSON.stringify(result))).toEqual({ kind: "heard" });
  expect(readFate(JSON.stringify({ ...result, ackAll: false }))).toEqual({ kind: "heard" });
});

test("a batch comes again when its consumer asks for it, after its delay, or throws", () => {
  const again = { ...result, retryBatch: { retry: true, delaySeconds: 10 } };
  expect(readFate(JSON.stringify(again))).toEqual({ kind: "again", afterMs: 10_000 });
  expect(readFate(JSON.stringify({ ...result, outcome: "exception" }))).toEqual({ kind: "again", afterMs: null });
});

test("words about single messages are refused rather than overheard", () => {
  expect(() => readFate(JSON.stringify({ ...result, explicitAcks: ["1"] }))).toThrow("single messages");
});
