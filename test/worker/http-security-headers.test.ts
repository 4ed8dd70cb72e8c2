import { expect, it } from "vitest";
import { requestsOfEveryKind } from "./http-kit.ts";
import { newEnterprise, quietEnv, sendIn } from "./kit.ts";

const quiet = quietEnv().env;

it("gives every answer the headers that keep it from being kept, sniffed, framed or run", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const requests = requestsOfEveryKind(enterprise);

  for (const [path, init] of requests) {
    const { status, headers } = await sendIn(quiet, path, init);
    expect({ path, status, ...Object.fromEntries(headers) }).toMatchObject({
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "strict-transport-security": "max-age=31536000",
    });
  }
});
