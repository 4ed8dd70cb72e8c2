import { expect, it } from "vitest";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, sweepIn, updateOf } from "./kit.ts";
import { network } from "./network.ts";

/** An accepted delivery, and what passes for it while its sender lies dead. */
async function accepted() {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  const deliver = () => hear(quiet.env, [bellFor(enterprise, ids)]);
  const state = async () => (await deliveriesOf(enterprise)).map((row) => row.state).join();
  const passAndSweep = async (column: string, seconds: number) => {
    await query(`UPDATE deliveries SET ${column} = ${column} - INTERVAL ? SECOND WHERE enterprise_id = ?`, [
      seconds,
      enterprise.id,
    ]);
    await sweepIn(quiet.env);
  };
  const conclusions = async () => {
    const steps = await query<{ conclusion: string }>(
      "SELECT conclusion FROM reconciliations WHERE enterprise_id = ? ORDER BY step_no",
      [enterprise.id],
    );
    return steps.map((step) => step.conclusion);
  };
  return { enterprise, deliver, state, passAndSweep, conclusions };
}

/** As a crash is: this statement and every repeat of it never reaches the database. */
function dieAt(enterprise: { id: string }, matches: (statement: string) => boolean): void {
  network.failSql({ errno: 2013, times: 3, matches: (sql) => sql.includes(enterprise.id) && matches(sql) });
}

it("finds at the provider what was taken before the sender died, logs it, and does not send it again", async () => {
  const one = await accepted();
  dieAt(one.enterprise, (sql) => sql.includes("UPDATE attempts"));
  await one.deliver();
  const [call] = network.callsTo(one.enterprise.phone);
  network.listed.set(one.enterprise.phone, [
    {
      sid: "SM00000000000000000000000000000042",
      from: call?.from ?? "",
      body: call?.text ?? "",
      status: "sent",
      date_created: new Date().toUTCString(),
    },
  ]);
  expect(await one.state()).toBe("sending");

  await one.passAndSweep("lease_until", 61);
  expect(await one.state()).toBe("unknown");
  await one.passAndSweep("look_at", 121);
  await one.deliver();

  expect(await one.state()).toBe("sent");
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
  expect(await query("SELECT provider_id FROM logs WHERE enterprise_id = ?", [one.enterprise.id])).toEqual([
    { provider_id: "SM00000000000000000000000000000042" },
  ]);
});

it("sends once what its sender died over between the intent and the call, after two looks found nothing", async () => {
  const one = await accepted();
  network.failSql({
    errno: 2013,
    after: true,
    matches: (sql) => sql.includes("INSERT INTO attempts") && sql.includes(one.enterprise.id),
  });
  dieAt(one.enterprise, (sql) => sql.includes("SELECT attempt_id AS attemptId FROM attempts"));
  await one.deliver();
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(0);
  expect(await query("SELECT outcome FROM attempts WHERE enterprise_id = ?", [one.enterprise.id])).toEqual([
    { outcome: null },
  ]);

  await one.passAndSweep("lease_until", 61);
  await one.passAndSweep("look_at", 121);
  expect(await one.state()).toBe("unknown");
  await one.passAndSweep("look_at", 61);
  await one.deliver();

  expect(await one.conclusions()).toEqual(["absent", "proven_absent"]);
  expect(await one.state()).toBe("sent");
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
});
