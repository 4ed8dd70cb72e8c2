import { expect, it } from "vitest";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import { network } from "./network.ts";

/** Accepts an update of a status where the setting says that "Out for Delivery" is worth nothing after two hours. */
async function accepted(status: string) {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv({ EXPIRES_AFTER: '{"Out for Delivery": 7200}' });
  const { body } = await postIn(quiet.env, updateOf(enterprise, { status }));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  const heard = () => hear(quiet.env, [bellFor(enterprise, ids)]);
  return { enterprise, quiet, heard };
}

async function secondsOf(enterprise: { id: string }, from: string, to: string): Promise<number> {
  const rows = await query<{ seconds: string }>(
    `SELECT TIMESTAMPDIFF(SECOND, ${from}, ${to}) AS seconds FROM deliveries WHERE enterprise_id = ?`,
    [enterprise.id],
  );
  return Number(rows[0]?.seconds);
}

it.for([
  ["out for delivery", 7_200],
  ["shipped", 86_400],
] as const)("gives an update that is %s %i s", async ([status, seconds]) => {
  const { enterprise } = await accepted(status);

  expect(await secondsOf(enterprise, "accepted_at", "expires_at")).toBe(seconds);
});

it("skips what its status has made worthless, with the reason, and calls nobody", async () => {
  const { enterprise, heard } = await accepted("Out for Delivery");
  await query(
    `UPDATE deliveries SET accepted_at = accepted_at - INTERVAL 2 HOUR, expires_at = expires_at - INTERVAL 2 HOUR
      WHERE enterprise_id = ?`,
    [enterprise.id],
  );

  await heard();

  expect((await deliveriesOf(enterprise)).map((row) => [row.state, row.code])).toEqual([["skipped", "expired"]]);
  expect(network.callsTo(enterprise.phone)).toHaveLength(0);
  const failures = await query("SELECT code FROM logs_failure WHERE enterprise_id = ?", [enterprise.id]);
  expect(failures).toEqual([{ code: "expired" }]);
});

it("tries a refused delivery no later than at its expiry, however long the provider asks to wait", async () => {
  const { enterprise, heard } = await accepted("Out for Delivery");
  await query("UPDATE deliveries SET expires_at = UTC_TIMESTAMP(3) + INTERVAL 90 SECOND WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  network.answer(enterprise.phone, () =>
    Response.json({ code: 20429, status: 429 }, { status: 429, headers: { "Retry-After": "3000" } }),
  );

  await heard();

  expect(await secondsOf(enterprise, "due_at", "expires_at")).toBe(0);
});
