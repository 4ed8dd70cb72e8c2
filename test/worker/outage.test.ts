import { createExecutionContext } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { createServices } from "../../src/services.ts";
import { reconcile } from "../../src/usecases/reconcile.ts";
import { changesOf, enterpriseOn, newGateway } from "./gateway-health-kit.ts";
import { bellFor, hear, postIn, query, quietEnv, updateOf, type TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

const STEP_S = 10;

afterEach(() => vi.restoreAllMocks());

/** Chances that are the same in every run, so that what is counted is as well. */
function seedChance(): void {
  let state = 7;
  vi.spyOn(Math, "random").mockImplementation(() => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  });
}

async function accepted(enterprise: TestEnterprise, quiet: Env, count: number): Promise<void> {
  for (let posted = 0; posted < count; posted += 1) await postIn(quiet, updateOf(enterprise));
}

/** Lets time pass for one enterprise and its gateway. */
async function pass(enterprise: TestEnterprise, gateway: { id: string }, seconds: number): Promise<void> {
  const earlier = (column: string) => `${column} = ${column} - INTERVAL ${seconds} SECOND`;
  await query(`UPDATE deliveries SET ${["due_at", "look_at"].map(earlier).join()} WHERE enterprise_id = ?`, [
    enterprise.id,
  ]);
  await query(`UPDATE attempts SET ${["started_at", "ended_at"].map(earlier).join()} WHERE gateway_id = ?`, [
    gateway.id,
  ]);
  const ofGateway = ["health_since", "health_until", "trial_at"].map(earlier).join();
  await query(`UPDATE gateways SET ${ofGateway} WHERE gateway_id = ?`, [gateway.id]);
}

/** Delivers what is due, 50 at a time, and tells how many calls that made. */
async function deliverDue(enterprise: TestEnterprise, quiet: Env): Promise<number> {
  const before = network.callsTo(enterprise.phone).length;
  const rows = await query<{ delivery_id: string }>(
    `SELECT delivery_id FROM deliveries WHERE enterprise_id = ? AND state IN ('queued', 'retrying')
        AND due_at <= UTC_TIMESTAMP(3) ORDER BY due_at`,
    [enterprise.id],
  );
  const ids = rows.map((row) => row.delivery_id);
  for (let first = 0; first < ids.length; first += 50) {
    await hear(quiet, [bellFor(enterprise, ids.slice(first, first + 50))]);
  }
  return network.callsTo(enterprise.phone).length - before;
}

async function unsent(enterprise: TestEnterprise): Promise<number> {
  const rows = await query("SELECT 1 FROM deliveries WHERE enterprise_id = ? AND state <> 'sent'", [enterprise.id]);
  return rows.length;
}

/** How a provider is down, for how many deliveries, and after how many calls that is seen. */
const OUTAGES = [
  ["refuses everything with 503", () => Response.json({ code: 20503, status: 503 }, { status: 503 }), 300, 5],
  ["answers 502, which may mean sent", () => new Response("bad gateway", { status: 502 }), 100, 3],
] as const;

it.for(OUTAGES)(
  "asks a provider that %s hardly more often than there are deliveries, then sends all in turn",
  async ([, down, deliveries, seenAfter]) => {
    seedChance();
    const gateway = await newGateway();
    const enterprise = await enterpriseOn(gateway);
    const quiet = quietEnv();
    await accepted(enterprise, quiet.env, deliveries);
    const isDown = { now: true };
    network.answer(enterprise.phone, () => (isDown.now ? down() : Response.json({ sid: "SM1" }, { status: 201 })));
    const step = async () => {
      await pass(enterprise, gateway, STEP_S);
      await reconcile(createServices(quiet.env, createExecutionContext(), "background"));
      return deliverDue(enterprise, quiet.env);
    };

    const whileDown: number[] = [await deliverDue(enterprise, quiet.env)];
    for (let seconds = 0; seconds < 80; seconds += STEP_S) whileDown.push(await step());
    isDown.now = false;
    const afterwards: number[] = [];
    while ((await unsent(enterprise)) > 0 && afterwards.length < 40) afterwards.push(await step());

    expect(await unsent(enterprise)).toBe(0);
    expect(whileDown[0]).toBe(seenAfter);
    expect(whileDown.slice(1).every((calls) => calls <= 1)).toBe(true);
    expect(network.callsTo(enterprise.phone).length).toBeLessThanOrEqual(deliveries * 1.1);
    // Those who waited are spread over a rest, so no ten seconds of it get more than half as many again as the others.
    expect(Math.max(...afterwards)).toBeLessThanOrEqual((1.5 * deliveries * STEP_S) / 60);
    expect((await changesOf(gateway)).map((change) => change.health)).toEqual(["closed", "well"]);
  },
);
