import { createExecutionContext } from "cloudflare:test";
import { afterEach, expect, it } from "vitest";
import { createServices } from "../../src/services.ts";
import { sweepOnce } from "../../src/usecases/sweep.ts";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

const BACKLOG = 1_000;
const DIGITS =
  "(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";

let backlogged: TestEnterprise | undefined;

// Other tests sweep the same lanes: what is left of the backlog would be rung for in their place.
afterEach(() => query("DELETE FROM deliveries WHERE enterprise_id = ?", [backlogged?.id ?? ""]));

/** A thousand deliveries that became due at once, an hour ago, and of which nobody has heard. */
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
       JOIN (SELECT a.n + 10 * b.n + 100 * c.n AS n FROM ${DIGITS} a JOIN ${DIGITS} b JOIN ${DIGITS} c) made
      WHERE d.delivery_id = ?`,
    [body.deliveries[0]?.delivery_id],
  );
  await query("DELETE FROM deliveries WHERE delivery_id = ?", [body.deliveries[0]?.delivery_id]);
  return enterprise;
}

async function sweep(): Promise<{ enterprise_id: string; id: string }[]> {
  const quiet = quietEnv();
  await sweepOnce(createServices(quiet.env, createExecutionContext(), "background"));
  return quiet.bells
    .filter((bell) => bell.lane === "sms")
    .flatMap(({ body }) => body.delivery_ids.map((id) => ({ enterprise_id: body.enterprise_id, id })));
}

it("is rung for in portions, each row once, while a fresh update is sent at once", async () => {
  const enterprise = await newBacklog();
  const fresh = await newEnterprise(["sms"]);
  const quiet = quietEnv();

  const rung = await sweep();
  const { body } = await postIn(quiet.env, updateOf(fresh));
  await hear(quiet.env, [
    bellFor(
      fresh,
      body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  ]);
  const portions = [rung, await sweep(), await sweep(), await sweep()];

  expect((await deliveriesOf(fresh)).map((row) => row.state)).toEqual(["sent"]);
  expect(network.callsTo(enterprise.phone)).toEqual([]);
  for (const portion of portions) expect(portion.length).toBeLessThanOrEqual(500);
  const ours = portions.flat().filter((one) => one.enterprise_id === enterprise.id);
  expect(ours).toHaveLength(BACKLOG);
  expect(new Set(ours.map((one) => one.id)).size).toBe(BACKLOG);
});
