import { expect, it } from "vitest";
import { call, twilioForm } from "./callbacks-kit.ts";
import { deliveriesOf, query, sweepIn } from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";
import { addSibling, ask, heard, ORDER, troubled } from "./redrive-kit.ts";

const statesOf = async (enterprise: TestEnterprise) => (await deliveriesOf(enterprise)).map((row) => row.state);

it("sends a failed delivery again, through the gateway that rejected it, and says who wanted that", async () => {
  const one = await troubled("failed");

  const { status, body } = await ask(one, "failed", ORDER);

  expect(status).toBe(202);
  expect(body).toMatchObject({ redriven: 1, left: 0, expired: 0 });
  await heard(one);
  expect(await statesOf(one.enterprise)).toEqual(["sent"]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
  const steps = await query(
    "SELECT source, conclusion, message FROM reconciliations WHERE enterprise_id = ? AND delivery_id = ?",
    [one.enterprise.id, one.ids[0]],
  );
  expect(steps).toEqual([
    {
      source: "operator",
      conclusion: "redriven",
      message: "An operator ordered a new start after attempt 1; it was failed (rejected).",
    },
  ]);
});

it("sends an unconfirmed delivery again", async () => {
  const one = await troubled("unconfirmed");

  const { body } = await ask(one, "unconfirmed", { ...ORDER, may_send_twice: true });

  expect(body).toMatchObject({ redriven: 1, warning: expect.stringContaining("twice") });
  await heard(one);
  expect(await statesOf(one.enterprise)).toEqual(["sent"]);
});

it("redrives each delivery once, however often it is asked for", async () => {
  const one = await troubled("failed", 3);

  const first = await ask(one, "failed", ORDER);
  const second = await ask(one, "failed", ORDER);

  expect([first.body["redriven"], second.body["redriven"]]).toEqual([3, 0]);
  await heard(one);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(3);
});

it("redrives each delivery once when several operators ask at the same time, while sweeps run", async () => {
  const one = await troubled("failed", 4);
  const sweep = () => sweepIn(one.quiet.env);

  const [answers] = await Promise.all([
    Promise.all(Array.from({ length: 4 }, () => ask(one, "failed", ORDER))),
    sweep(),
    sweep(),
  ]);

  expect(answers.map(({ body }) => Number(body["redriven"])).reduce((a, b) => a + b, 0)).toBe(4);
  await Promise.all([heard(one), heard(one), sweep()]);
  expect(await statesOf(one.enterprise)).toEqual(["sent", "sent", "sent", "sent"]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(4);
});

it("can be repeated after a lost answer: what it moved is not moved again, and the sweep rings for it", async () => {
  const one = await troubled("failed");
  network.failSql({
    errno: 2013,
    after: true,
    matches: (statement) => statement.includes("SET redriven_no") && statement.includes(one.enterprise.id),
  });

  const lost = await ask(one, "failed", ORDER);
  const repeated = await ask(one, "failed", ORDER);

  expect([lost.status, repeated.status, repeated.body["redriven"]]).toEqual([503, 202, 0]);
  const [row] = await query<{ silent: string }>(
    "SELECT TIMESTAMPDIFF(SECOND, due_at, ring_at) AS silent FROM deliveries WHERE enterprise_id = ?",
    [one.enterprise.id],
  );
  expect(Number(row?.silent)).toBe(10);
  await heard(one);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
});

it("does not take a delivery from the attempt that has failed since it was looked at", async () => {
  const one = await troubled("failed");
  network.beforeStatement(
    (statement) => statement.includes("SET redriven_no") && statement.includes(one.enterprise.id),
    () => query("UPDATE deliveries SET attempt_no = attempt_no + 1 WHERE enterprise_id = ?", [one.enterprise.id]),
  );

  const { body } = await ask(one, "failed", ORDER);

  expect(body).toMatchObject({ redriven: 0, left: 1 });
  expect(await statesOf(one.enterprise)).toEqual(["failed"]);
});

it("leaves alone what moved on since it was looked at", async () => {
  const one = await troubled("unconfirmed");
  network.beforeStatement(
    (statement) => statement.includes("SET redriven_no") && statement.includes(one.enterprise.id),
    () => query("UPDATE deliveries SET state = 'delivered' WHERE enterprise_id = ?", [one.enterprise.id]),
  );

  await ask(one, "unconfirmed", { ...ORDER, may_send_twice: true });

  expect(await statesOf(one.enterprise)).toEqual(["delivered"]);
});

it.for([
  ["opted out", "opted_out", "INSERT INTO suppressions VALUES (?, 'ch_sms', ?, 'stop', UTC_TIMESTAMP(3), NULL)"],
  ["unsubscribed", "unsubscribed", "UPDATE subscriptions SET enabled = FALSE WHERE enterprise_id = ? AND ? <> ''"],
] as const)("does not send to who has %s meanwhile", async ([, code, change]) => {
  const one = await troubled("failed");
  await ask(one, "failed", ORDER);
  await query(change, [one.enterprise.id, one.enterprise.phone]);

  await heard(one);

  expect(await deliveriesOf(one.enterprise)).toMatchObject([{ state: "skipped", code }]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(0);
});

it.for(["sent", "failed"])(
  "does not send an older status after a newer one that was %s, and was redriven with it if need be",
  async (newer) => {
    const older = await troubled("failed");
    await addSibling(older, newer, 60);

    await ask(older, "failed", ORDER);
    const ids = (await deliveriesOf(older.enterprise)).map((row) => row.delivery_id);
    await heard({ ...older, ids });

    expect(await deliveriesOf(older.enterprise)).toMatchObject([
      { state: "skipped", code: "superseded" },
      { state: "sent" },
    ]);
    expect(network.callsTo(older.enterprise.phone)).toHaveLength(newer === "sent" ? 0 : 1);
  },
);

it("does not send twice when a late receipt comes for what was redriven, even if it was given back in between", async () => {
  const one = await troubled("unconfirmed");
  const [attempt] = await query<{ attempt_id: string }>("SELECT attempt_id FROM attempts WHERE delivery_id = ?", [
    one.ids[0],
  ]);
  await ask(one, "unconfirmed", { ...ORDER, may_send_twice: true });
  // An older status goes first, so the claim is given back.
  await addSibling(one, "queued", -60);
  await heard(one);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(0);

  const callback = await twilioForm({ enterprise: one.enterprise, attempt: attempt?.attempt_id ?? "" }, "delivered");
  expect((await call(one.quiet.env, callback)).status).toBe(204);
  await heard(one);

  expect((await statesOf(one.enterprise)).toSorted()).toEqual(["delivered", "queued"]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(0);
});

it("never redrives what has expired, was skipped, or is known to be with the provider", async () => {
  const one = await troubled("failed", 3);
  const [expired, skipped, accepted] = one.ids;
  await query("UPDATE deliveries SET expires_at = UTC_TIMESTAMP(3) WHERE delivery_id = ?", [expired]);
  await query("UPDATE deliveries SET state = 'skipped', code = 'opted_out' WHERE delivery_id = ?", [skipped]);
  await query("UPDATE attempts SET outcome = 'accepted' WHERE delivery_id = ?", [accepted]);

  const { body } = await ask(one, "failed", ORDER);

  expect(body).toMatchObject({ redriven: 0, left: 0, expired: 1 });
  expect(await statesOf(one.enterprise)).toEqual(["failed", "skipped", "failed"]);
});

it("redrives a failure that may have been sent only if that is said", async () => {
  const one = await troubled("failed");
  await query("UPDATE deliveries SET code = 'dropped' WHERE enterprise_id = ?", [one.enterprise.id]);

  const silent = await ask(one, "failed", ORDER);
  const said = await ask(one, "failed", { ...ORDER, may_send_twice: true });

  expect([silent.body["redriven"], said.body["redriven"]]).toEqual([0, 1]);
});

it("lets so many be due in each second, behind those that wait since an earlier call", async () => {
  const one = await troubled("failed", 3);
  const other = await troubled("failed", 2);

  const first = await ask(one, "failed", { ...ORDER, per_second: 1 });
  const second = await ask(other, "failed", { ...ORDER, per_second: 1 });

  const span = Number(first.body["last_due_in_seconds"]);
  // Other tests' redrives may wait as well; this one's are a second apart, and the second call's come after them.
  const due = await query<{ due_at: string }>(
    "SELECT due_at FROM deliveries WHERE enterprise_id IN (?) ORDER BY due_at",
    [[one.enterprise.id, other.enterprise.id]],
  );
  const instants = due.map((row) => Date.parse(`${row.due_at.replace(" ", "T")}Z`));
  const gaps = instants.slice(1).map((instant, index) => instant - (instants[index] ?? 0));
  expect(gaps.every((gap) => gap >= 900)).toBe(true);
  expect(Number(second.body["last_due_in_seconds"])).toBeGreaterThan(span);
  expect(one.quiet.bells.map((bell) => bell.body.delivery_ids)).toEqual(one.ids.map((id) => [id]));
});
