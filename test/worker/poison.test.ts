import { expect, it } from "vitest";
import { enterpriseOn, newGateway } from "./gateway-health-kit.ts";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

async function bellsOf(quiet: Env, enterprise: TestEnterprise, count: number) {
  const posted = await Promise.all(Array.from({ length: count }, () => postIn(quiet, updateOf(enterprise))));
  return posted.map(({ body }) =>
    bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  );
}

const statesOf = async (enterprise: TestEnterprise) => (await deliveriesOf(enterprise)).map((row) => row.state);

it("delivers what the other bells name when one names deliveries that are gone, or another enterprise's", async () => {
  const [enterprise, other] = [await newEnterprise(["sms"]), await newEnterprise(["sms"])];
  const quiet = quietEnv().env;
  const [bell, gone] = await bellsOf(quiet, enterprise, 2);
  const [theirs] = await bellsOf(quiet, other, 1);
  await query("DELETE FROM deliveries WHERE delivery_id = ?", [gone?.delivery_ids[0]]);

  const result = await hear(quiet, [gone, bellFor(enterprise, theirs?.delivery_ids ?? []), bell]);

  expect(result.ackAll).toBe(true);
  expect(await statesOf(enterprise)).toEqual(["sent"]);
  expect(await statesOf(other)).toEqual(["queued"]);
});

/** Each breaks one delivery in a way of its own: what it does to its gateway, and what becomes of the delivery. */
const POISONS = [
  ["the provider call breaks", "enabled = TRUE", "unknown"],
  ["the gateway needs an adapter that this version does not have", "adapter = 'pigeon'", "skipped"],
  ["the gateway's account is not configured", "account = 'closed'", "failed"],
] as const;

it("sends 97 of a batch of a hundred, once each, when three break in ways of their own", async () => {
  const good = await newEnterprise(["sms"]);
  const quiet = quietEnv().env;
  const bells = await bellsOf(quiet, good, 97);
  const poisoned: TestEnterprise[] = [];
  for (const [, change] of POISONS) {
    const gateway = await newGateway();
    const enterprise = await enterpriseOn(gateway);
    bells.splice(56, 0, ...(await bellsOf(quiet, enterprise, 1)));
    await query(`UPDATE gateways SET ${change} WHERE gateway_id = ?`, [gateway.id]);
    network.answer(enterprise.phone, () => Promise.reject(new Error("broken")));
    poisoned.push(enterprise);
  }

  const first = await hear(quiet, bells);
  const again = await hear(quiet, bells);

  expect([first.ackAll, again.ackAll]).toEqual([true, true]);
  expect(new Set(await statesOf(good))).toEqual(new Set(["sent"]));
  expect(network.callsTo(good.phone)).toHaveLength(97);
  const broken = await Promise.all(poisoned.map(statesOf));
  expect(broken.flat()).toEqual(POISONS.map(([, , state]) => state));
});
