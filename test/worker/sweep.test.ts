import { expect, it } from "vitest";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, sweepIn, updateOf } from "./kit.ts";
import { network } from "./network.ts";

async function accepted(channels: Parameters<typeof newEnterprise>[0] = ["sms"], set = {}) {
  const enterprise = await newEnterprise(channels, set);
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  quiet.bells.length = 0;
  return { enterprise, quiet, ids };
}

/** Sweeps; gives the ids of this enterprise that were rung for. */
async function sweep({ quiet, enterprise }: Pick<Awaited<ReturnType<typeof accepted>>, "quiet" | "enterprise">) {
  quiet.bells.length = 0;
  await sweepIn(quiet.env);
  return quiet.bells
    .filter((bell) => bell.body.enterprise_id === enterprise.id)
    .flatMap((bell) => bell.body.delivery_ids);
}

const passTime = (enterprise: { id: string }, column: string, seconds: number) =>
  query(`UPDATE deliveries SET ${column} = ${column} - INTERVAL ? SECOND WHERE enterprise_id = ?`, [
    seconds,
    enterprise.id,
  ]);

it("rings again for a delivery whose bell was lost, and not before it is silent", async () => {
  const one = await accepted();

  expect(await sweep(one)).toEqual([]);
  await passTime(one.enterprise, "ring_at", 11);

  expect(await sweep(one)).toEqual(one.ids);
});

it("waits longer each time before it rings for the same row again", async () => {
  const one = await accepted();
  const waits: number[] = [];
  for (let rung = 0; rung < 7; rung++) {
    await query("UPDATE deliveries SET ring_at = UTC_TIMESTAMP(3) WHERE enterprise_id = ?", [one.enterprise.id]);
    expect(await sweep(one)).toEqual(one.ids);
    const [row] = await query<{ wait: string }>(
      "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), ring_at) AS wait FROM deliveries WHERE enterprise_id = ?",
      [one.enterprise.id],
    );
    waits.push(Math.round((Number(row?.wait) + 1) / 60));
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
});

it("does not ring for what is being sent, sent or settled", async () => {
  const one = await accepted();
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
  await query("UPDATE deliveries SET due_at = due_at - INTERVAL 1 DAY WHERE enterprise_id = ?", [one.enterprise.id]);

  expect(await sweep(one)).toEqual([]);
});

it("logs the reason of a skip whose bell was lost", async () => {
  const one = await accepted(["sms"], { phone: null });
  await passTime(one.enterprise, "ring_at", 11);
  const [row] = await deliveriesOf(one.enterprise);

  const rung = await sweep(one);
  await hear(one.quiet.env, [bellFor(one.enterprise, rung)]);

  expect(rung).toEqual([row?.delivery_id]);
  const failures = await query("SELECT code, message FROM logs_failure WHERE enterprise_id = ?", [one.enterprise.id]);
  expect(failures).toEqual([{ code: "no_address", message: "The enterprise has no usable address for this channel." }]);
  expect(await sweep(one)).toEqual([]);
});

it("queues a delivery again whose sender went away before the intent", async () => {
  const one = await accepted();
  network.failSql({
    errno: 2013,
    matches: (statement) => statement.includes("INSERT INTO attempts") && statement.includes(one.ids[0] ?? "-"),
  });
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["sending"]);
  await passTime(one.enterprise, "lease_until", 61);

  const rung = await sweep(one);
  await hear(one.quiet.env, [bellFor(one.enterprise, rung)]);

  expect(rung).toEqual(one.ids);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["sent"]);
});

it("holds a delivery whose sender went away after the intent, and never sends it blindly", async () => {
  const one = await accepted();
  network.failSql({
    errno: 2013,
    times: 3,
    matches: (statement) => statement.includes("UPDATE attempts") && statement.includes(one.enterprise.id),
  });
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
  await passTime(one.enterprise, "lease_until", 61);

  await sweep(one);
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);

  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["unknown"]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
});

it("does not write over what a sender tells that was only thought to have gone away", async () => {
  const one = await accepted();
  const ofAttempt = (statement: string) =>
    statement.includes("UPDATE attempts") && statement.includes(one.enterprise.id);
  network.failSql({ errno: 2013, times: 3, matches: ofAttempt });
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
  await passTime(one.enterprise, "lease_until", 61);
  network.beforeStatement(ofAttempt, async () => {
    await query("UPDATE attempts SET outcome = 'refused', code = '20429' WHERE enterprise_id = ?", [one.enterprise.id]);
    await query("UPDATE deliveries SET state = 'retrying', lease_until = NULL WHERE enterprise_id = ?", [
      one.enterprise.id,
    ]);
  });

  await sweep(one);

  const attempts = await query("SELECT outcome, code FROM attempts WHERE enterprise_id = ?", [one.enterprise.id]);
  expect(attempts).toEqual([{ outcome: "refused", code: "20429" }]);
  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["retrying"]);
});

it.for([
  ["accepted", () => Response.json({ sid: "SM1" }, { status: 201 }), "sent"],
  ["refused", () => Response.json({ code: 20429, status: 429 }, { status: 429 }), "retrying"],
  ["rejected", () => Response.json({ code: 21211, status: 400 }, { status: 400 }), "failed"],
] as const)("takes a delivery whose sender went away after it noted %s to where that leads", async (given) => {
  const [, answer, state] = given;
  const one = await accepted();
  network.answer(one.enterprise.phone, answer);
  network.failSql({
    errno: 2013,
    times: 3,
    matches: (statement) => statement.includes("lane = COALESCE(") && statement.includes(one.ids[0] ?? "-"),
  });
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["sending"]);
  await passTime(one.enterprise, "lease_until", 61);

  await sweep(one);

  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual([state]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
});

it("parks a delivery about which nothing was heard, with the reason", async () => {
  const one = await accepted();
  network.answer(one.enterprise.phone, () => new Response("oops", { status: 500 }));
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["unknown"]);

  await sweep(one);
  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["unknown"]);
  await passTime(one.enterprise, "hold_until", 3601);
  await sweep(one);

  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["unconfirmed"]);
  const failures = await query("SELECT code FROM logs_failure WHERE enterprise_id = ?", [one.enterprise.id]);
  expect(failures).toEqual([{ code: "unconfirmed" }]);
});
