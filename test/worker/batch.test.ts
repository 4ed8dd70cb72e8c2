import { expect, it } from "vitest";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import { network } from "./network.ts";

async function acceptedBell(count: number) {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const ids: string[] = [];
  for (let made = 0; made < count; made++) {
    const { body } = await postIn(quiet.env, updateOf(enterprise));
    ids.push(...body.deliveries.map((delivery) => delivery.delivery_id));
  }
  return { enterprise, quiet: quiet.env, bells: quiet.bells, ids };
}

it("calls the provider once when two consumers hear the same bell at once", async () => {
  const { enterprise, quiet, ids } = await acceptedBell(10);
  const bell = bellFor(enterprise, ids);

  await Promise.all([hear(quiet, [bell, bell]), hear(quietEnv().env, [bell]), hear(quiet, [bell])]);

  expect(network.callsTo(enterprise.phone)).toHaveLength(10);
  expect(new Set((await deliveriesOf(enterprise)).map((row) => row.state))).toEqual(new Set(["sent"]));
});

it.for([1, 10, 60])("costs at most seven statements for a batch of %i deliveries", async (count) => {
  const { enterprise, quiet, ids } = await acceptedBell(count);

  const statements = await network.statementsOf(() => hear(quiet, [bellFor(enterprise, ids)]));

  expect(network.callsTo(enterprise.phone)).toHaveLength(count);
  expect(statements.length).toBeLessThanOrEqual(7);
});

it("costs at most seven statements for a batch that meets every kind of outcome", async () => {
  const good = await acceptedBell(2);
  const rejected = await acceptedBell(1);
  const refused = await acceptedBell(1);
  const lost = await acceptedBell(1);
  network.answer(rejected.enterprise.phone, () => Response.json({ code: 21211, status: 400 }, { status: 400 }));
  network.answer(refused.enterprise.phone, () => Response.json({ code: 20429, status: 429 }, { status: 429 }));
  network.answer(lost.enterprise.phone, () => new Response("bad gateway", { status: 502 }));
  const all = [good, rejected, refused, lost];
  const bells = all.map(({ enterprise, ids }) => bellFor(enterprise, ids));

  const statements = await network.statementsOf(() => hear(good.quiet, bells));

  const states = await Promise.all(all.map(({ enterprise }) => deliveriesOf(enterprise)));
  expect(states.flat().map((row) => row.state)).toEqual(["sent", "sent", "failed", "retrying", "unknown"]);
  expect(statements.length).toBeLessThanOrEqual(7);
});

it("acknowledges a bell that finds nothing due, and calls nobody", async () => {
  const { enterprise, quiet, ids } = await acceptedBell(1);
  await hear(quiet, [bellFor(enterprise, ids)]);

  const result = await hear(quiet, [bellFor(enterprise, ids)]);

  expect(result.ackAll).toBe(true);
  expect(network.callsTo(enterprise.phone)).toHaveLength(1);
});

it("delivers what good bells name when another bell of the batch cannot be read", async () => {
  const { enterprise, quiet, ids } = await acceptedBell(1);

  const result = await hear(quiet, [{ v: 99 }, "rubbish", bellFor(enterprise, ids)]);

  expect(result.ackAll).toBe(true);
  expect(network.callsTo(enterprise.phone)).toHaveLength(1);
});

it("lets the whole batch come again when the database does not answer, and calls nobody meanwhile", async () => {
  const { enterprise, quiet, ids } = await acceptedBell(1);
  network.failSql({ errno: 2013, matches: (statement) => statement.includes(ids[0] ?? "-") });

  const result = await hear(quiet, [bellFor(enterprise, ids)]);

  expect(result.retryBatch.retry).toBe(true);
  expect(network.callsTo(enterprise.phone)).toHaveLength(0);
});

it("makes the call whose intent is committed although the answer was lost", async () => {
  const { enterprise, quiet, ids } = await acceptedBell(1);
  network.failSql({
    errno: 2013,
    after: true,
    matches: (statement) => statement.includes("INSERT INTO attempts") && statement.includes(ids[0] ?? "-"),
  });

  await hear(quiet, [bellFor(enterprise, ids)]);

  expect(network.callsTo(enterprise.phone)).toHaveLength(1);
  expect((await deliveriesOf(enterprise)).map((row) => row.state)).toEqual(["sent"]);
});

it("does not call what lost its lease between claim and intent", async () => {
  const { enterprise, quiet, ids } = await acceptedBell(2);
  const [first, second] = ids;
  network.beforeStatement(
    (statement) => statement.includes("INSERT INTO attempts") && statement.includes(first ?? "-"),
    () => query("UPDATE deliveries SET lease_until = UTC_TIMESTAMP(3) WHERE delivery_id = ?", [first]),
  );

  await hear(quiet, [bellFor(enterprise, ids)]);

  expect(network.callsTo(enterprise.phone)).toHaveLength(1);
  const attempts = await query("SELECT delivery_id FROM attempts WHERE enterprise_id = ?", [enterprise.id]);
  expect(attempts).toEqual([{ delivery_id: second }]);
});

it("logs and acknowledges a dead bell, for its row still stands", async () => {
  const { enterprise, quiet, ids } = await acceptedBell(1);

  const result = await hear(quiet, [bellFor(enterprise, ids)], "notify-dead");

  expect(result.ackAll).toBe(true);
  expect((await deliveriesOf(enterprise)).map((row) => row.state)).toEqual(["queued"]);
});
