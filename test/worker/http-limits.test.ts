import { expect, it } from "vitest";
import { problemOf, posting, readAnswer } from "./http-kit.ts";
import { quietEnv, sendIn } from "./kit.ts";

const quiet = quietEnv().env;
const KIB = 1024;

it("reads a body of 64 KiB", async () => {
  const answer = await readAnswer(await sendIn(quiet, "/", posting("{}".padEnd(64 * KIB))));

  expect(problemOf(answer)).toMatchObject({ status: 400, code: "invalid_request" });
});

it("answers 413 to a Content-Length over 64 KiB, without reading the body", async () => {
  const { body, pulled } = endless();

  const init = posting(body, { "Content-Length": String(64 * KIB + 1) });
  const answer = await readAnswer(await sendIn(quiet, "/redrive", init));

  expect(problemOf(answer)).toMatchObject({ status: 413, code: "body_too_large" });
  expect(pulled()).toBeLessThanOrEqual(1);
});

it("answers 413 to a body without Content-Length as soon as it is over 64 KiB", async () => {
  const { body, pulled } = endless();

  const answer = await readAnswer(await sendIn(quiet, "/redrive", posting(body)));

  expect(problemOf(answer)).toMatchObject({ status: 413, code: "body_too_large" });
  expect(pulled()).toBeLessThan(80);
});

it.for(["/", "/add-channel-gateway"])("holds %s to the same limit", async (path) => {
  const answer = await readAnswer(await sendIn(quiet, path, posting("{}".padEnd(64 * KIB + 1))));

  expect(problemOf(answer)).toMatchObject({ status: 413, code: "body_too_large" });
});

it("lets a callback have 4 MiB, and refuses more before it looks at the signature", async () => {
  const callback = (size: number) =>
    sendIn(quiet, "/callbacks/twilio", { method: "POST", body: new Uint8Array(size).fill(97) });

  expect(problemOf(await readAnswer(await callback(4 * KIB * KIB)))).toMatchObject({
    status: 403,
    code: "forged_callback",
  });
  expect(problemOf(await readAnswer(await callback(4 * KIB * KIB + 1)))).toMatchObject({
    status: 413,
    code: "body_too_large",
  });
});

it.for(["/", "/add-channel-gateway", "/redrive"])("answers 400 to a body of %s that nests too deep", async (path) => {
  const nested = (levels: number) => `{"deep":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

  const deepest = await readAnswer(await sendIn(quiet, path, posting(nested(32))));
  const deeper = await readAnswer(await sendIn(quiet, path, posting(nested(33))));

  expect(JSON.stringify(deepest.body["errors"])).not.toContain("32 levels");
  expect(problemOf(deeper)).toMatchObject({
    status: 400,
    code: "invalid_request",
    errors: [{ pointer: "", message: "must nest at most 32 levels deep" }],
  });
});

it.for(["/", "/callbacks/twilio"])("answers 415 to a compressed body of %s, however little it is", async (path) => {
  const squeezed = await readAnswer(await sendIn(quiet, path, posting("{}", { "Content-Encoding": "gzip" })));
  const plain = await readAnswer(await sendIn(quiet, path, posting("{}", { "Content-Encoding": "identity" })));

  expect(problemOf(squeezed)).toMatchObject({ status: 415, code: "unsupported_media_type" });
  expect(squeezed.headers.get("Accept-Encoding")).toBe("identity");
  expect(plain.status).not.toBe(415);
});

it("answers 414 to an address of more than 8192 characters, on any path", async () => {
  const ofLength = (length: number) => `/nowhere?q=${"x".repeat(length - "https://notify.test/nowhere?q=".length)}`;

  expect((await sendIn(quiet, ofLength(8_192))).status).toBe(404);
  expect(problemOf(await readAnswer(await sendIn(quiet, ofLength(8_193))))).toMatchObject({
    status: 414,
    code: "uri_too_long",
  });
});

it("answers 431 to headers of more than 16384 characters together", async () => {
  const headers = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`X-Large-${index}`, "x".repeat(1_000)]));

  expect((await sendIn(quiet, "/health", { headers: { "X-Large": "x".repeat(16_000) } })).status).toBe(200);
  expect(problemOf(await readAnswer(await sendIn(quiet, "/health", { headers })))).toMatchObject({
    status: 431,
    code: "headers_too_large",
  });
});

it("answers 431 to an Authorization of more than 512 characters, before it looks for a key", async () => {
  const withLength = (length: number) => ({ headers: { Authorization: `Bearer ${"k".repeat(length - 7)}` } });

  expect((await sendIn(quiet, "/fetch-channels-gateways", withLength(512))).status).toBe(401);
  expect(problemOf(await readAnswer(await sendIn(quiet, "/fetch-channels-gateways", withLength(513))))).toMatchObject({
    status: 431,
    code: "headers_too_large",
  });
});

/** A body that never ends, in pieces of 1 KiB. */
function endless() {
  let count = 0;
  const piece = new TextEncoder().encode(" ".repeat(KIB));
  const body = new ReadableStream({
    pull: (controller) => {
      count += 1;
      controller.enqueue(piece.slice());
    },
  });
  return { body, pulled: () => count };
}
