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
  const answer = await readAnswer(await sendIn(quiet, "/", init));

  expect(problemOf(answer)).toMatchObject({ status: 413, code: "body_too_large" });
  expect(pulled()).toBeLessThanOrEqual(1);
});

it("answers 413 to a body without Content-Length as soon as it is over 64 KiB", async () => {
  const { body, pulled } = endless();

  const answer = await readAnswer(await sendIn(quiet, "/", posting(body)));

  expect(problemOf(answer)).toMatchObject({ status: 413, code: "body_too_large" });
  expect(pulled()).toBeLessThan(80);
});

it.for(["/add-channel-gateway"])("holds %s to the same limit", async (path) => {
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
