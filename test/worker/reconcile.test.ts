import { expect, it } from "vitest";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";
import { network } from "./network.ts";
import { ambiguous, pass, statesOf, stepsOf, sweep, twilioHas } from "./reconcile-kit.ts";

it("is not looked for before a minute has passed since the end of its lease", async () => {
  const one = await ambiguous();
  await pass(one.enterprise, "look_at", -3);
  await sweep(one);
  expect(network.looks).not.toContain(one.enterprise.phone);
  expect(await statesOf(one)).toEqual(["unknown"]);
});

it("counts as accepted once the provider is found to have it, and is logged", async () => {
  const one = await ambiguous();
  const sid = await twilioHas(one);
  await sweep(one);
  expect(await statesOf(one)).toEqual(["delivered"]);
  const logs = await query("SELECT provider_id FROM logs WHERE enterprise_id = ?", [one.enterprise.id]);
  expect(logs).toEqual([{ provider_id: sid }]);
  expect(await stepsOf(one)).toEqual([{ source: "look_up", conclusion: "accepted" }]);
});

it("is sent again only after two looks, a minute apart, that found nothing", async () => {
  const one = await ambiguous();
  expect(await sweep(one)).toEqual([]);
  expect(await sweep(one)).toEqual([]);
  expect(await statesOf(one)).toEqual(["unknown"]);
  await pass(one.enterprise, "look_at", 59);
  await sweep(one);
  expect(await statesOf(one)).toEqual(["unknown"]);
  await pass(one.enterprise, "look_at", 2);

  expect(await sweep(one)).toEqual(one.ids);

  expect(await statesOf(one)).toEqual(["retrying"]);
  expect((await stepsOf(one)).map((step) => step.conclusion)).toEqual(["absent", "proven_absent"]);
  network.answers.delete(one.enterprise.phone);
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
  expect(await statesOf(one)).toEqual(["sent"]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(2);
});

it("keeps the proof that a message was sent again for, whatever another sweep saw meanwhile", async () => {
  const one = await ambiguous();
  await sweep(one);
  await pass(one.enterprise, "look_at", 61);
  network.beforeStatement(
    (statement) => statement.includes("INTO reconciliations") && statement.includes(one.enterprise.id),
    () =>
      query(
        `INSERT INTO reconciliations
         SELECT enterprise_id, delivery_id, attempt_id, 2, source, 'unanswered', 'It did not answer.', UTC_TIMESTAMP(3)
           FROM reconciliations WHERE enterprise_id = ?`,
        [one.enterprise.id],
      ),
  );

  expect(await sweep(one)).toEqual(one.ids);

  expect((await stepsOf(one)).map((step) => step.conclusion)).toEqual(["absent", "proven_absent"]);
});

it("counts a look once when two sweeps look at the same time", async () => {
  const one = await ambiguous();
  await Promise.all([sweep(one), sweep(one)]);
  expect(await statesOf(one)).toEqual(["unknown"]);
  expect(await deliveriesOf(one.enterprise)).toMatchObject([{ look_no: 1 }]);
});

it("is not taken for the message of another sender, nor of another text", async () => {
  const one = await ambiguous();
  await twilioHas(one, { from: "+15005550009" });
  await sweep(one);
  await twilioHas(one, { body: "Shipment ID other is shipped." });
  await pass(one.enterprise, "look_at", 61);
  await sweep(one);
  expect(await statesOf(one)).toEqual(["retrying"]);
});

it("stays unknown while another enterprise may have sent the very same message", async () => {
  const same = { shipment_id: unique("SH"), timestamp: "2026-11-20 08:00:00" };
  const one = await ambiguous({ update: same });
  const rival = await ambiguous({ update: same, phone: one.enterprise.phone });
  await twilioHas(one);
  await sweep(one);
  expect([await statesOf(one), await statesOf(rival)]).toEqual([["unknown"], ["unknown"]]);
  expect(await stepsOf(one)).toEqual([{ source: "look_up", conclusion: "unclear" }]);
});

it("leaves a message alone that another attempt holds", async () => {
  const same = { shipment_id: unique("SH"), timestamp: "2026-11-20 08:00:00" };
  const one = await ambiguous({ update: same });
  const other = await ambiguous({ update: same, phone: one.enterprise.phone });
  const sid = await twilioHas(one);
  await query("UPDATE attempts SET outcome = 'accepted', provider_id = ? WHERE enterprise_id = ?", [
    sid,
    other.enterprise.id,
  ]);
  await query("UPDATE deliveries SET state = 'sent', look_at = NULL WHERE enterprise_id = ?", [other.enterprise.id]);
  await sweep(one);
  await pass(one.enterprise, "look_at", 61);
  await sweep(one);
  expect(await statesOf(one)).toEqual(["retrying"]);
});

it("is not looked for under another address than it was sent to", async () => {
  const one = await ambiguous();
  await query("UPDATE customers SET phone = '+34600999888' WHERE enterprise_id = ?", [one.enterprise.id]);
  await sweep(one);
  expect(network.looks).not.toContain("+34600999888");
  expect(await statesOf(one)).toEqual(["unknown"]);
  expect(await stepsOf(one)).toMatchObject([{ conclusion: "unclear" }]);
});

it("is not looked for any earlier because its outcome was recorded twice", async () => {
  const enterprise = await newEnterprise();
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  network.answer(enterprise.phone, () => new Response("lost", { status: 500 }));
  const isMove = (statement: string) => statement.includes("hold_until") && statement.includes(ids[0] ?? "-");
  network.failSql({ errno: 2013, after: true, matches: isMove });
  await hear(quiet.env, [bellFor(enterprise, ids)]);
  const [row] = await query<{ wait: string; state: string }>(
    `SELECT d.state, TIMESTAMPDIFF(SECOND, a.started_at, d.look_at) AS wait FROM deliveries d
       JOIN attempts a ON a.delivery_id = d.delivery_id WHERE d.enterprise_id = ?`,
    [enterprise.id],
  );
  expect(row?.state).toBe("unknown");
  expect(Number(row?.wait)).toBeGreaterThanOrEqual(118);
});
