import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { expect, it } from "vitest";
import type { OldRow } from "../../src/db/purge.ts";
import { RETAINED, spansToBlank } from "../../src/domain/retention.ts";
import worker from "../../src/index.ts";
import { createServices } from "../../src/services.ts";
import { purge } from "../../src/usecases/purge.ts";
import { deliveriesOf, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const services = (settings: Record<string, string> = {}) =>
  createServices({ ...quietEnv().env, ...settings }, createExecutionContext(), "background");

/** An id as it was made some days ago. */
function idOf(prefix: string, daysAgo: number): string {
  const time = Math.round(Date.now() - daysAgo * DAY)
    .toString(16)
    .padStart(12, "0");
  return `${prefix}_${time}${crypto.randomUUID().replaceAll("-", "").slice(12)}`;
}

/** A delivery with a row in every table, as if all of it had been written some days ago. */
async function history(enterprise: TestEnterprise, daysAgo: number, state = "sent") {
  const { body } = await postIn(quietEnv().env, updateOf(enterprise, { data: { note: "personal" } }));
  const [delivery, attempt, message] = [idOf("dlv", daysAgo), idOf("att", daysAgo), idOf("SM", daysAgo)];
  const at = "UTC_TIMESTAMP(3) - INTERVAL ? HOUR";
  const hours = Math.round(daysAgo * 24);
  await query(
    `UPDATE deliveries SET delivery_id = ?, state = ?, ring_at = NULL, accepted_at = ${at} WHERE delivery_id = ?`,
    [delivery, state, hours, body.deliveries[0]?.delivery_id],
  );
  await query(
    `INSERT INTO attempts (attempt_id, enterprise_id, delivery_id, attempt_no, gateway_id, gateway, started_at)
     VALUES (?, ?, ?, 1, 'gw_twilio', 'Twilio', ${at})`,
    [attempt, enterprise.id, delivery, hours],
  );
  await query(`INSERT INTO logs VALUES (?, ?, ?, 'SH', 'shipped', ${at}, 'SMS', 'Twilio', ${at}, NULL)`, [
    enterprise.id,
    attempt,
    delivery,
    hours,
    hours,
  ]);
  await query(
    `INSERT INTO logs_failure VALUES (?, ?, 1, 'undelivered', ?, 'SH', 'shipped', ${at}, 'SMS', 'Twilio', ${at}, 'x', NULL, NULL)`,
    [enterprise.id, delivery, attempt, hours, hours],
  );
  await query(`INSERT INTO receipts VALUES (?, ?, 'event', 'delivered', NULL, NULL, NULL, NULL, ${at})`, [
    enterprise.id,
    attempt,
    hours,
  ]);
  await query(`INSERT INTO reconciliations VALUES (?, ?, ?, 1, 'receipt', 'accepted', 'x', ${at})`, [
    enterprise.id,
    delivery,
    attempt,
    hours,
  ]);
  await query(`INSERT INTO gateway_changes VALUES (?, 'gw', 'closed', 'x', ${at})`, [message, hours]);
  await query(`INSERT INTO inbound VALUES (?, 'sms', 'stop', ${at})`, [message, hours]);
  return { delivery, attempt, message };
}

const BY_ENTERPRISE = ["deliveries", "attempts", "logs", "logs_failure", "receipts", "reconciliations"];

/** The tables that still have rows of an enterprise's history. */
async function tablesWith({ id }: TestEnterprise, message: string): Promise<string[]> {
  const kept: string[] = [];
  for (const table of BY_ENTERPRISE) {
    if ((await query(`SELECT 1 FROM ${table} WHERE enterprise_id = ?`, [id])).length > 0) kept.push(table);
  }
  if ((await query("SELECT 1 FROM gateway_changes WHERE change_id = ?", [message])).length > 0) kept.push("changes");
  if ((await query("SELECT 1 FROM inbound WHERE message_id = ?", [message])).length > 0) kept.push("inbound");
  return kept;
}

async function contentOf({ id }: TestEnterprise): Promise<unknown[]> {
  const rows = await query<{ data: unknown }>("SELECT data FROM deliveries WHERE enterprise_id = ?", [id]);
  return rows.map(({ data }) => data);
}

it.for([
  [29, [...BY_ENTERPRISE, "changes", "inbound"]],
  [31, [...BY_ENTERPRISE, "changes"]],
  [399, [...BY_ENTERPRISE, "changes"]],
  [401, ["deliveries", "attempts"]],
  [403, []],
] as const)("keeps each table's rows for as long as is set: after %s days", async ([daysAgo, kept]) => {
  const enterprise = await newEnterprise(["sms"]);
  const { message } = await history(enterprise, daysAgo);

  await purge(services());

  expect(await tablesWith(enterprise, message)).toEqual(kept);
});

it("is part of the cron run of the full hour", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { message } = await history(enterprise, 403);
  // One sweep, then this run is over.
  const quiet = quietEnv({ TIMES: '{"sweepEvery":60000}' }).env;
  const runAt = async (time: number) => {
    const context = createExecutionContext();
    await worker.scheduled(createScheduledController({ scheduledTime: new Date(time) }), quiet, context);
    return (await tablesWith(enterprise, message)).length;
  };

  const afterOther = await runAt(Date.UTC(2026, 5, 15, 10, 59));
  const afterHourly = await runAt(Date.UTC(2026, 5, 15, 11));

  expect([afterOther, afterHourly]).toEqual([BY_ENTERPRISE.length + 2, 0]);
});

it("keeps the rows for as many days as the setting says", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { message } = await history(enterprise, 40);

  await purge(services({ RETENTION_DAYS: '{"logs":39,"receipts":41}' }));

  expect(await tablesWith(enterprise, message)).toEqual([
    ...BY_ENTERPRISE.filter((table) => table !== "logs"),
    "changes",
  ]);
});

it("blanks the content of updates after 30 days", async () => {
  const [young, old] = [await newEnterprise(["sms"]), await newEnterprise(["sms"])];
  await history(young, 29.5);
  await history(old, 30.5);

  await purge(services());

  expect([await contentOf(young), await contentOf(old)]).toEqual([[{ note: "personal" }], [null]]);
});

it("blanks content that was missed when it was due, once the turn comes to its day", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const daysAgo = 200.5;
  await history(enterprise, daysAgo);
  const real = services();
  const at = Date.now() - daysAgo * DAY;
  const hours = Array.from({ length: 400 }, (_, hour) => Date.now() + hour * HOUR);
  const turn = hours.find((now) =>
    spansToBlank(now, real.retention).some(({ from, to }) => at > from + HOUR && at < to),
  );

  await purge({ ...real, clock: { ...real.clock, now: () => turn ?? 0 } });

  expect(await contentOf(enterprise)).toEqual([null]);
});

it.for(["queued", "retrying", "sending", "unknown"])(
  "never removes a delivery that is %s, however old",
  async (state) => {
    const enterprise = await newEnterprise(["sms"]);
    await history(enterprise, 500, state);

    await purge(services());

    expect(await deliveriesOf(enterprise)).toMatchObject([{ state }]);
  },
);

it("does not remove a delivery that began to move after it was looked for", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { delivery } = await history(enterprise, 403);
  network.beforeStatement(
    (statement) => statement.startsWith("DELETE FROM deliveries") && statement.includes(delivery),
    () => query("UPDATE deliveries SET state = 'retrying' WHERE delivery_id = ?", [delivery]),
  );

  await purge(services());

  expect(await deliveriesOf(enterprise)).toMatchObject([{ state: "retrying" }]);
});

it("asks once for each table when nothing is old", async () => {
  await purge(services());

  const statements = await network.statementsOf(() => purge(services()));

  expect(statements).toHaveLength(RETAINED.length);
});

type Plan = { table: string; type: string; key: string; Extra: string | null };

it("finds old rows by an index, without scanning or sorting what is kept", async () => {
  const { purging, retention, clock } = services();
  for (const what of RETAINED) {
    const [find] = await network.statementsOf(() => purging.findOld({ what, retention, now: clock.now(), limit: 500 }));

    const [plan, ...others] = await query<Plan>(`EXPLAIN ${find}`);

    expect(others).toEqual([]);
    expect(plan).toMatchObject({ type: "range", key: expect.stringMatching(/^PRIMARY$|_time$/) });
    expect(plan?.Extra ?? "").not.toContain("filesort");
  }
});

it("removes rows by their whole keys, without scanning what is kept", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const keys = Array.from({ length: 1_000 }, (_, number) => [enterprise.id, idOf("dlv", 0), number, "undelivered"]);
  const rows = keys.map(
    () => "(?, ?, ?, ?, NULL, 'SH', 's', UTC_TIMESTAMP(3), '', '', UTC_TIMESTAMP(3), 'x', NULL, NULL)",
  );
  await query(`INSERT INTO logs_failure VALUES ${rows.join(", ")}`, keys.flat());
  await query("ANALYZE TABLE logs_failure");
  const names = ["enterprise_id", "delivery_id", "attempt_no", "code"];
  const old = keys.slice(0, 50).map((key) => Object.fromEntries(key.map((value, index) => [names[index], value])));
  let statement = "";
  let plan: Plan[] = [];
  network.beforeStatement(
    (next) => {
      if (next.startsWith("DELETE") && next.includes(enterprise.id)) statement = next;
      return statement === next;
    },
    async () => {
      plan = await query<Plan>(`EXPLAIN ${statement}`);
    },
  );

  const removed = await services().purging.remove("logs_failure", old as OldRow[]);

  expect(removed).toBe(50);
  expect(plan).toMatchObject([{ type: "range", key: "PRIMARY" }]);
});
