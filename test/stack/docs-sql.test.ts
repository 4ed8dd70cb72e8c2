import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { startTestBridge, type TestBridge } from "./bridge-kit.ts";

const ROOT = join(import.meta.dirname, "../..");

let stack: TestBridge;

beforeAll(async () => {
  stack = await startTestBridge();
  await migrateDatabase({ databaseUrl: stack.mysqlUrl, log: () => undefined });
});
afterAll(async () => stack.stop());

/** Every statement that a page gives to its reader below a heading, in order; `…` stands for the rest of an id. */
function statementsOf(page: string, heading = ""): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const blocks = [...text.slice(text.indexOf(heading)).matchAll(/^ *```sql\n(.*?)^ *```$/gms)];
  return blocks
    .flatMap(([, sql = ""]) => sql.replaceAll("…", "0").split(";"))
    .filter((statement) => statement.trim() !== "");
}

/** One delivery in each of these states, named after it. `acceptedAt`: `YYYY-MM-DD`. */
async function insertDeliveries(states: string[], acceptedAt: string, prefix: string): Promise<void> {
  for (const state of states) {
    await stack.client.execute(
      `INSERT INTO deliveries (delivery_id, enterprise_id, update_id, update_key, fingerprint, position, shipment_id, status,
              occurred_at, timestamp_text, lane, state, ring_at, due_at, accepted_at, expires_at)
       VALUES (:id, 'restored', :id, :id, :id, 0, 'SH-1', 'shipped', UTC_TIMESTAMP(3), '', 'sms', :state,
               UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), :acceptedAt, UTC_TIMESTAMP(3))`,
      { id: `${prefix}_${state}`, state, acceptedAt },
    );
  }
}

test.each(["README.md", "docs/reliability.md"])("the statements of %s run on the tables as they are", async (page) => {
  const statements = statementsOf(page);
  for (const statement of statements) {
    await expect(stack.client.execute(statement), statement).resolves.toBeDefined();
  }
  expect(statements.length).toBeGreaterThanOrEqual(5);
});

test("after a restore, what was not at rest at the backup is parked with its reason, and nothing else is touched", async () => {
  const [open, atRest] = [
    ["queued", "retrying", "sending", "unknown"],
    ["sent", "delivered", "undelivered", "failed", "skipped"],
  ];
  await insertDeliveries([...open, ...atRest], "2026-01-01", "dlv");
  await insertDeliveries(open, "2100-01-01", "new");
  const park = statementsOf("docs/reliability.md", "### After a restore of the database");

  for (const statement of park) await stack.client.execute(statement);

  const { rows } = await stack.client.execute(
    `SELECT d.delivery_id, d.state, d.ring_at IS NULL AS silent, f.code
       FROM deliveries d LEFT JOIN logs_failure f ON f.enterprise_id = d.enterprise_id AND f.delivery_id = d.delivery_id
      WHERE d.enterprise_id = 'restored'`,
  );
  const parked = open.map((was) => ({
    delivery_id: `dlv_${was}`,
    state: "unconfirmed",
    silent: 1,
    code: "unconfirmed",
  }));
  const kept = atRest.map((was) => ({ delivery_id: `dlv_${was}`, state: was, silent: 0, code: null }));
  const fresh = open.map((is) => ({ delivery_id: `new_${is}`, state: is, silent: 0, code: null }));
  expect(rows).toHaveLength(parked.length + kept.length + fresh.length);
  expect(rows).toEqual(expect.arrayContaining([...parked, ...kept, ...fresh]));
});
