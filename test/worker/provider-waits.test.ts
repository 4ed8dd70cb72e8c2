import { expect, it } from "vitest";
import { enterpriseOn, newGateway } from "./gateway-health-kit.ts";
import { bellFor, deliveriesOf, hear, postIn, query, quietEnv, updateOf, type TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

/** What a provider asks for with its 429, and between how many seconds the next attempt then is due. */
const WAITS: [string, (() => string) | null, number, number][] = [
  ["nothing", null, 1, 5],
  ["seconds", () => "7", 7, 12],
  ["a date", () => new Date(Date.now() + 90_000).toUTCString(), 88, 96],
  ["more than an hour", () => "9".repeat(30), 3_600, 3_606],
  ["what is no time", () => "soon", 1, 5],
  ["a time that has passed", () => "Fri, 02 Jan 2015 03:05:05 GMT", 1, 5],
];

const limited = (retryAfter?: string) =>
  Response.json(
    { code: 20429, status: 429 },
    { status: 429, ...(retryAfter === undefined ? {} : { headers: { "Retry-After": retryAfter } }) },
  );

async function bellOf(quiet: Env, enterprise: TestEnterprise) {
  const { body } = await postIn(quiet, updateOf(enterprise));
  return bellFor(
    enterprise,
    body.deliveries.map((delivery) => delivery.delivery_id),
  );
}

async function secondsToWait(enterprise: TestEnterprise): Promise<number> {
  const [row] = await query<{ ms: string }>(
    `SELECT TIMESTAMPDIFF(MICROSECOND, a.ended_at, d.due_at) / 1000 AS ms
       FROM deliveries d JOIN attempts a ON a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id
      WHERE d.enterprise_id = ? AND d.state = 'retrying'`,
    [enterprise.id],
  );
  return Number(row?.ms) / 1_000;
}

it.for(WAITS)("comes back in time after a 429 that asks for %s, while others are sent", async (wait) => {
  const [, retryAfter, atLeast, atMost] = wait;
  const gateway = await newGateway();
  const [limitedOne, other] = [await enterpriseOn(gateway), await enterpriseOn(gateway)];
  const quiet = quietEnv().env;
  network.answer(limitedOne.phone, () => limited(retryAfter?.()));

  await hear(quiet, [await bellOf(quiet, limitedOne), await bellOf(quiet, other)]);

  const seconds = await secondsToWait(limitedOne);
  expect(seconds).toBeGreaterThanOrEqual(atLeast);
  expect(seconds).toBeLessThanOrEqual(atMost + 1);
  expect((await deliveriesOf(other)).map((row) => row.state)).toEqual(["sent"]);
});
