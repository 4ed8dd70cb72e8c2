import { expect, it } from "vitest";
import { attempted, changesOf, enterpriseOn, gatewayRow, newGateway, review, times } from "./gateway-health-kit.ts";
import { bellFor, deliveriesOf, hear, postIn, query, quietEnv, updateOf, type TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

const STEP_S = 5;
const STEPS = 19;
const REST_S = 60;

type Gateway = Awaited<ReturnType<typeof newGateway>>;

/** Two gateways, in the order in which they are asked. */
async function twoGateways(): Promise<[Gateway, Gateway]> {
  const pair: [Gateway, Gateway] = [await newGateway(), await newGateway()];
  for (const [priority, { id }] of pair.entries()) {
    await query("UPDATE gateways SET priority = ? WHERE gateway_id = ?", [priority, id]);
  }
  return pair;
}

/** Lets five seconds pass for one enterprise and its gateways. */
async function pass(enterprise: TestEnterprise, gateways: Gateway[]): Promise<void> {
  const earlier = (...columns: string[]) =>
    columns.map((column) => `${column} = ${column} - INTERVAL ${STEP_S} SECOND`).join();
  const ids = gateways.map((gateway) => gateway.id);
  await query(`UPDATE deliveries SET ${earlier("due_at")} WHERE enterprise_id = ?`, [enterprise.id]);
  await query(`UPDATE attempts SET ${earlier("started_at", "ended_at")} WHERE gateway_id IN (?)`, [ids]);
  await query(`UPDATE gateways SET ${earlier("health_since", "health_until", "trial_at")} WHERE gateway_id IN (?)`, [
    ids,
  ]);
}

async function deliverDue(enterprise: TestEnterprise, quiet: Env): Promise<void> {
  const due = await query<{ delivery_id: string }>(
    `SELECT delivery_id FROM deliveries WHERE enterprise_id = ? AND state IN ('queued', 'retrying')
        AND due_at <= UTC_TIMESTAMP(3)`,
    [enterprise.id],
  );
  if (due.length === 0) return;
  await hear(quiet, [
    bellFor(
      enterprise,
      due.map((row) => row.delivery_id),
    ),
  ]);
}

async function accept(enterprise: TestEnterprise, quiet: Env, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => postIn(quiet, updateOf(enterprise))));
}

it("turns from a gateway that flaps every 5 s once a minute at most, and never from what may have been sent", async () => {
  const [flapping, steady] = await twoGateways();
  const enterprise = await enterpriseOn(flapping, steady);
  const quiet = quietEnv().env;
  let step = 0;
  let answered = 0;
  network.answer(enterprise.phone, ({ from }) => {
    if (from === steady.sender || step % 2 === 0) return Response.json({ sid: "SM1" }, { status: 201 });
    answered += 1;
    return answered % 4 === 0
      ? new Response("bad gateway", { status: 502 })
      : Response.json({ code: 20503, status: 503 }, { status: 503 });
  });

  for (; step < STEPS; step += 1) {
    await accept(enterprise, quiet, 8);
    await deliverDue(enterprise, quiet);
    await deliverDue(enterprise, quiet);
    await review();
    await pass(enterprise, [flapping, steady]);
  }

  const turnedAway = (await changesOf(flapping)).filter((change) => change.health !== "well");
  expect(turnedAway.length).toBeGreaterThanOrEqual(1);
  expect(turnedAway.length).toBeLessThanOrEqual(Math.ceil((STEPS * STEP_S) / REST_S));
  expect(await changesOf(steady)).toEqual([]);
  const states = new Set((await deliveriesOf(enterprise)).map((row) => row.state));
  expect(states).toEqual(new Set(["sent", "unknown"]));
  const again = await query(
    `SELECT 1 FROM attempts a JOIN attempts later ON later.enterprise_id = a.enterprise_id
        AND later.delivery_id = a.delivery_id AND later.attempt_no > a.attempt_no
      WHERE a.enterprise_id = ? AND a.outcome = 'ambiguous'`,
    [enterprise.id],
  );
  expect(again).toEqual([]);
});

it("keeps to the order of its gateways, and goes neither up nor down, while both do badly", async () => {
  const gateways = await twoGateways();
  const enterprise = await enterpriseOn(...gateways);
  const half = [...times(12, { failed: true, code: "20503" }), ...times(10, { failed: false })];
  for (const gateway of gateways) await attempted(gateway, half);
  const quiet = quietEnv().env;
  await accept(enterprise, quiet, 3);

  for (let sweep = 0; sweep < 5; sweep += 1) await review();
  await deliverDue(enterprise, quiet);
  for (let sweep = 0; sweep < 5; sweep += 1) await review();

  expect(network.callsTo(enterprise.phone).map((call) => call.from)).toEqual(
    Array.from({ length: 3 }, () => gateways[0].sender),
  );
  for (const gateway of gateways) {
    expect(await gatewayRow(gateway)).toMatchObject({ health: "poor" });
    expect(await changesOf(gateway)).toHaveLength(1);
  }
});
