import { expect, it } from "vitest";
import { AS_JSON, problemOf, readAnswer } from "./http-kit.ts";
import { quietEnv, sendIn } from "./kit.ts";

/** A limit of `most` requests for each key, without an end. */
function limitOf(most: number) {
  const seen = new Map<string, number>();
  const limit = async ({ key }: { key: string }) => {
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return { success: (seen.get(key) ?? 0) <= most };
  };
  return { seen, binding: { limit } };
}

const POLICY = { RATE_LIMIT_POLICY: '"default";q=2;w=10, "failures";q=3;w=60' };

const ROUTE = "/fetch-channels-gateways";

const good = { headers: AS_JSON };

const from = (address: string, authorization = "Bearer wrong") => ({
  headers: { "CF-Connecting-IP": address, Authorization: authorization },
});

it("answers 429 to a key that asks too often, says when to come again, and tells the policy with every answer", async () => {
  const { binding, seen } = limitOf(2);
  const { env: quiet } = quietEnv({ RATE_LIMIT: binding, ...POLICY });

  const answers = [];
  for (let sent = 0; sent < 3; sent += 1) answers.push(await sendIn(quiet, ROUTE, good));

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers.map(({ headers }) => headers.get("RateLimit-Policy"))).toEqual(Array(3).fill('"default";q=2;w=10'));
  expect(answers[2]?.headers.get("Retry-After")).toBe("10");
  expect(problemOf(await readAnswer(answers[2] as Response))).toMatchObject({ status: 429, code: "rate_limited" });
  expect([...seen.values()]).toEqual([3]);
});

it("keeps out an address from which too many keys come that let nobody in, even with a good one; no other address", async () => {
  const { binding, seen } = limitOf(3);
  const { env: quiet } = quietEnv({ RATE_LIMIT_FAILURES: binding, ...POLICY });
  const statuses = async (address: string, authorization?: string) =>
    (await sendIn(quiet, ROUTE, from(address, authorization))).status;

  const guesses = [];
  for (let sent = 0; sent < 6; sent += 1) guesses.push(await statuses("192.0.2.7"));

  expect(guesses).toEqual([401, 401, 401, 429, 429, 429]);
  expect(seen.get("192.0.2.7")).toBe(4);
  expect(await statuses("192.0.2.7", AS_JSON.Authorization)).toBe(429);
  expect(await statuses("192.0.2.8", AS_JSON.Authorization)).toBe(200);
  expect(await statuses("192.0.2.8")).toBe(401);
});

it("tells who is kept out when to come again", async () => {
  const { env: quiet } = quietEnv({ RATE_LIMIT_FAILURES: limitOf(0).binding, ...POLICY });

  const answer = await readAnswer(await sendIn(quiet, ROUTE, from("192.0.2.9")));

  expect(problemOf(answer)).toMatchObject({ status: 429, code: "rate_limited" });
  expect(answer.headers.get("Retry-After")).toBe("60");
  expect(answer.headers.get("RateLimit-Policy")).toBe('"failures";q=3;w=60');
});

it("takes all addresses of one IPv6 network for one", async () => {
  const { binding, seen } = limitOf(9);
  const { env: quiet } = quietEnv({ RATE_LIMIT_FAILURES: binding, ...POLICY });

  await sendIn(quiet, ROUTE, from("2001:db8:1:2:aaaa::1"));
  await sendIn(quiet, ROUTE, from("2001:db8:1:2:bbbb::9"));

  expect([...seen]).toEqual([["2001:db8:1:2", 2]]);
});

it("limits neither callbacks nor what anybody may read", async () => {
  const none = limitOf(0).binding;
  const { env: quiet } = quietEnv({ RATE_LIMIT: none, RATE_LIMIT_FAILURES: none, ...POLICY });

  expect((await sendIn(quiet, "/health", from("192.0.2.1"))).status).toBe(200);
  expect((await sendIn(quiet, "/callbacks/twilio", { method: "POST", body: "x", ...from("192.0.2.1") })).status).toBe(
    403,
  );
});

it("limits nothing where no limits are bound", async () => {
  const unbound = { RATE_LIMIT: undefined, RATE_LIMIT_FAILURES: undefined } as unknown as Partial<Env>;
  const answer = await sendIn(quietEnv({ ...unbound, ...POLICY }).env, ROUTE, good);

  expect(answer.status).toBe(200);
  expect(answer.headers.has("RateLimit-Policy")).toBe(false);
});

it("is bound by wrangler.toml as the runtime understands it", async () => {
  const answer = await sendIn(quietEnv().env, ROUTE, good);

  expect(answer.status).toBe(200);
  expect(answer.headers.get("RateLimit-Policy")).toBe('"default";q=5000;w=10');
});
