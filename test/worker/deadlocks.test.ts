import { expect, it } from "vitest";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";
import { network } from "./network.ts";

/** One update from its post to its end: replayed once, sent on one channel, rejected on another. */
async function wholeWay(onStart: () => void) {
  const enterprise = await newEnterprise(["sms", "email"]);
  const quiet = quietEnv();
  const update = updateOf(enterprise);
  const key = { "Idempotency-Key": unique("key") };
  network.answer(enterprise.email, () =>
    Response.json({ errors: [{ message: "no", field: "personalizations.0.to.0.email" }] }, { status: 400 }),
  );
  onStart();
  const first = await postIn(quiet.env, update, key);
  const replay = await postIn(quiet.env, update, key);
  const ids = first.body.deliveries.map((delivery) => delivery.delivery_id);
  const heard = await hear(quiet.env, [bellFor(enterprise, ids)]);
  const rows = await deliveriesOf(enterprise);
  const logs = await query("SELECT channel FROM logs WHERE enterprise_id = ?", [enterprise.id]);
  const failures = await query("SELECT channel, code FROM logs_failure WHERE enterprise_id = ?", [enterprise.id]);
  return {
    statuses: [first.status, replay.status],
    sameUpdate: first.body.update_id === replay.body.update_id,
    acknowledged: heard.ackAll,
    states: rows.map((row) => row.state).toSorted(),
    calls: [network.callsTo(enterprise.phone).length, network.callsTo(enterprise.email).length],
    logs,
    failures,
  };
}

const WITHOUT_FAULTS = {
  statuses: [202, 202],
  sameUpdate: true,
  acknowledged: true,
  states: ["failed", "sent"],
  calls: [1, 1],
  logs: [{ channel: "SMS" }],
  failures: [{ channel: "Email", code: "rejected" }],
};

it.for([1213, 1205])(
  "changes no outcome when error %i strikes any one statement",
  { timeout: 60_000 },
  async (errno) => {
    let start = 0;
    const undisturbed = await wholeWay(() => (start = network.statements.length));
    const count = network.statements.slice(start).filter((statement) => !isOurs(statement)).length;
    expect(undisturbed).toEqual(WITHOUT_FAULTS);
    expect(count).toBeGreaterThanOrEqual(11);

    for (let struck = 0; struck < count; struck++) {
      let seen = 0;
      const disturbed = await wholeWay(() => {
        network.failSql({ errno, matches: (statement) => !isOurs(statement) && seen++ === struck });
      });
      expect(disturbed, `statement ${struck}`).toEqual(WITHOUT_FAULTS);
    }
  },
);

it("gives up after three repeats, with an answer that says that repeating is safe", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const update = updateOf(enterprise);
  network.failSql({
    errno: 1213,
    times: 4,
    matches: (statement) => statement.startsWith("INSERT INTO deliveries") && statement.includes(enterprise.id),
  });

  const first = await postIn(quietEnv().env, update);
  const again = await postIn(quietEnv().env, update);

  expect(first.status).toBe(503);
  expect(again.status).toBe(202);
  expect(await deliveriesOf(enterprise)).toHaveLength(1);
});

/** The test's own look at the tables afterwards. */
function isOurs(statement: string): boolean {
  return /^SELECT (?:\* FROM deliveries|channel\b)/.test(statement);
}
