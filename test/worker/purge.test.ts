import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { expect, it } from "vitest";
import type { OldRow } from "../../src/db/purge.ts";
import { REMOVED } from "../../src/domain/retention.ts";
import worker from "../../src/index.ts";
import { createServices } from "../../src/services.ts";
import { purge } from "../../src/usecases/purge.ts";
import { deliveriesOf, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

const DAY = 24 * 60 * 60 * 1000;

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
  await query(`INSERT INTO logs VALUES (?, ?, ?, 'SH', 'shipped', ${at}, 'SMS', 'Twilio', ${at}, NULL, FALSE)`, [
    enterprise.id,
    attempt,
    delivery,
    hours,
    hours,
  ]);
  await query(
    `INSERT INTO logs_failure VALUES (?, ?, 1, 'undelivered', ?, 'SH', 'shipped', ${at}, 'SMS', 'Twilio', ${at}, 'x', NULL, NULL, FALSE)`,
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

it("is part of every cron run", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { message } = await history(enterprise, 403);
  // One sweep, then this run is over.
  const quiet = quietEnv({ TIMES: '{"sweepEvery":60000}' }).env;

  await worker.scheduled(createScheduledController(), quiet, createExecutionContext());

  expect(await tablesWith(enterprise, message)).toEqual([]);
});

it("removes a backlog of thousands of rows in one run, by statements of 500 rows at most", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const backlog = Array.from({ length: 2_300 }, (_, number) => [enterprise.id, idOf("att", 401), `event-${number}`]);
  const rows = backlog.map(() => "(?, ?, ?, 'delivered', NULL, NULL, NULL, NULL, UTC_TIMESTAMP(3) - INTERVAL 401 DAY)");
  await query(`INSERT INTO receipts VALUES ${rows.join(", ")}`, backlog.flat());

  const statements = await network.statementsOf(() => purge(services()));

  const deletes = statements.filter((statement) => statement.startsWith("DELETE FROM receipts"));
  const sizes = deletes.map((statement) => statement.split("event_id = ").length - 1);
  expect(await query("SELECT 1 FROM receipts WHERE enterprise_id = ?", [enterprise.id])).toEqual([]);
  expect(Math.max(...sizes)).toBe(500);
});

it("removes the others' old rows while one table fails", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { message } = await history(enterprise, 403);
  const real = services();
  const remove: typeof real.purging.remove = async (what, rows) => {
    if (what === "attempts") throw new Error("This table is broken.");
    return real.purging.remove(what, rows);
  };
  const log = { ...real.log, error: () => undefined };

  await purge({ ...real, log, purging: { ...real.purging, remove } });

  expect(await tablesWith(enterprise, message)).toEqual(["attempts"]);
});

it("does no harm when two runs overlap", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { message } = await history(enterprise, 403);
  const young = await newEnterprise(["sms"]);
  const kept = await history(young, 20);

  await Promise.all([purge(services()), purge(services())]);

  expect(await tablesWith(enterprise, message)).toEqual([]);
  expect(await tablesWith(young, kept.message)).toEqual([...BY_ENTERPRISE, "changes", "inbound"]);
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

/** As if no search for content had ever come by. */
const forgetMarks = () => query("DELETE FROM blanking_marks");

it("blanks the content of updates after 30 days", async () => {
  const [young, old] = [await newEnterprise(["sms"]), await newEnterprise(["sms"])];
  await history(young, 29.5);
  await history(old, 30.5);
  await forgetMarks();

  await purge(services());

  expect([await contentOf(young), await contentOf(old)]).toEqual([[{ note: "personal" }], [null]]);
});

it("blanks what became old while no run came, however long that was", async () => {
  const [before, missed] = [await newEnterprise(["sms"]), await newEnterprise(["sms"])];
  await history(before, 60);
  await forgetMarks();
  await purge(services());
  await history(missed, 50);

  await purge(services());

  expect(await contentOf(missed)).toEqual([null]);
});

it("blanks what was under way when it became old, once that rests", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { delivery } = await history(enterprise, 200.5, "retrying");
  await forgetMarks();
  await purge(services());
  const underWay = await contentOf(enterprise);
  await query("UPDATE deliveries SET state = 'failed' WHERE delivery_id = ?", [delivery]);

  await purge(services());

  expect([underWay, await contentOf(enterprise)]).toEqual([[{ note: "personal" }], [null]]);
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

it("asks once for each table when nothing is old, and four times for content", async () => {
  await purge(services());

  const statements = await network.statementsOf(() => purge(services()));

  expect(statements).toHaveLength(REMOVED.length + 4);
});

type Plan = { table: string; type: string; key: string; Extra: string | null };

it("finds old rows by an index, without scanning or sorting what is kept", async () => {
  const { purging, retention, clock } = services();
  for (const what of REMOVED) {
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
    () => "(?, ?, ?, ?, NULL, 'SH', 's', UTC_TIMESTAMP(3), '', '', UTC_TIMESTAMP(3), 'x', NULL, NULL, FALSE)",
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
