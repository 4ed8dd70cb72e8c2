import { createExecutionContext } from "cloudflare:test";
import { afterEach, expect, it } from "vitest";
import type { Lane } from "../../src/domain/lane.ts";
import { FIRST_SIZE, newWindows } from "../../src/domain/ring-window.ts";
import { createServices } from "../../src/services.ts";
import { ringSilent } from "../../src/usecases/ring-silent.ts";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import type { KeptBells, TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

const BACKLOG = 3_000;
const DIGITS =
  "(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";

let backlogged: TestEnterprise | undefined;

// Other tests sweep the same lanes: what is left of the backlog would be rung for in their place.
afterEach(() => query("DELETE FROM deliveries WHERE enterprise_id = ?", [backlogged?.id ?? ""]));

/** Thousands of deliveries that became due at once, an hour ago, and of which nobody has heard. */
async function newBacklog(): Promise<TestEnterprise> {
  const enterprise = await newEnterprise(["sms"]);
  backlogged = enterprise;
  const { body } = await postIn(quietEnv().env, updateOf(enterprise));
  const [row] = await query("SELECT * FROM deliveries WHERE enterprise_id = ?", [enterprise.id]);
  const own: Record<string, string> = {
    delivery_id: "CONCAT('dlv_', LEFT(SHA2(CONCAT(d.delivery_id, made.n), 256), 32))",
    update_id: "CONCAT('upd_', LEFT(SHA2(CONCAT(d.update_id, made.n), 256), 32))",
    update_key: "LEFT(SHA2(CONCAT(d.update_key, made.n), 256), 43)",
    shipment_id: "CONCAT('S-', made.n)",
    due_at: "d.due_at - INTERVAL 1 HOUR",
    ring_at: "d.ring_at - INTERVAL 1 HOUR",
  };
  const columns = Object.keys(row ?? {});
  await query(
    `INSERT INTO deliveries (${columns.join(", ")})
     SELECT ${columns.map((column) => own[column] ?? `d.${column}`).join(", ")}
       FROM deliveries d
       JOIN (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n
               FROM ${DIGITS} a JOIN ${DIGITS} b JOIN ${DIGITS} c JOIN ${DIGITS} d HAVING n < ${BACKLOG}) made
      WHERE d.delivery_id = ?`,
    [body.deliveries[0]?.delivery_id],
  );
  await query("DELETE FROM deliveries WHERE delivery_id = ?", [body.deliveries[0]?.delivery_id]);
  return enterprise;
}

/** The run of a cron as far as it rings: `ring` is one round of it. `unheard`: those rung for that still wait. */
function ringing() {
  const quiet = quietEnv();
  const services = createServices(quiet.env, createExecutionContext(), "background");
  let windows = newWindows();
  return {
    quiet,
    ring: async () => {
      ({ windows } = await ringSilent(services, windows));
    },
    /** As the consumers do that hear the bells. */
    claimAll: async () => {
      const named = quiet.bells
        .splice(0)
        .flatMap(({ body }) =>
          body.delivery_ids.map((deliveryId) => ({ enterpriseId: body.enterprise_id, deliveryId })),
        );
      await services.sending.claim(named, services.ids.next("lse"));
    },
    sizeOf: (lane: Lane) => windows.get(lane)?.size ?? 0,
  };
}

const idsOf = (bells: KeptBells, enterprise: TestEnterprise) =>
  bells.filter(({ body }) => body.enterprise_id === enterprise.id).flatMap(({ body }) => body.delivery_ids);

it("is rung for within one run, each row once, by ever larger portions as long as all are claimed", async () => {
  const enterprise = await newBacklog();
  const run = ringing();
  const portions: number[] = [];
  for (;;) {
    await run.ring();
    const rung = idsOf(run.quiet.bells, enterprise);
    if (rung.length === 0) break;
    expect(rung.length).toBeLessThanOrEqual(run.sizeOf("sms"));
    portions.push(rung.length);
    await run.claimAll();
  }

  expect(portions.length).toBeLessThanOrEqual(4);
  expect(portions.reduce((sum, portion) => sum + portion)).toBe(BACKLOG);
  expect(new Set((await deliveriesOf(enterprise)).map((row) => row.state))).toEqual(new Set(["sending"]));
});

it("is rung for no further while nobody hears, and a fresh update is sent at once", async () => {
  const enterprise = await newBacklog();
  const fresh = await newEnterprise(["sms"]);
  const run = ringing();
  for (let round = 0; round < 4; round++) await run.ring();
  const { body } = await postIn(run.quiet.env, updateOf(fresh));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);

  expect(idsOf(run.quiet.bells, enterprise).length).toBeLessThanOrEqual(FIRST_SIZE);
  expect(network.callsTo(enterprise.phone)).toEqual([]);
  const [bell] = run.quiet.bells.filter(({ again }) => !again);
  expect(bell?.body).toEqual(bellFor(fresh, ids));
  await hear(run.quiet.env, [bell?.body]);
  expect((await deliveriesOf(fresh)).map((row) => row.state)).toEqual(["sent"]);
});
