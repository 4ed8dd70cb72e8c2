import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { ENTRIES, statementsOf } from "../support/statements/catalogue.ts";
import { sample } from "../support/statements/sample.ts";
import { startTestBridge, type TestBridge } from "./bridge-kit.ts";
import { fill, FILLS, makeDue } from "./explain-fill.ts";
import { complaints, type PlanLine } from "./explain-rules.ts";

let database: TestBridge;

beforeAll(async () => {
  database = await startTestBridge();
  await migrateDatabase({ databaseUrl: database.bridge.url, log: () => undefined });
  await fill(database.client);
});

afterAll(() => database.stop());

const WHOSE = ["one enterprise", "many enterprises"] as const;

/** The keys that an entry wants, of which no plan has spoken yet. */
const unseen = new Map(ENTRIES.map(([name, { keys }]) => [name, new Set(Object.keys(keys))]));

describe.each(Object.entries(FILLS))("when %s", (fillName, which) => {
  beforeAll(() => makeDue(database.client, which));

  test("fewer rows are due than are named", async () => {
    const ids = sample(50, "many enterprises").map(({ deliveryId }) => deliveryId);
    const { rows } = await database.client.execute(
      "SELECT 1 FROM deliveries WHERE delivery_id IN (?) AND state = 'queued' AND due_at <= UTC_TIMESTAMP(3)",
      [ids],
    );
    expect(rows.length).toBeLessThan(ids.length);
    expect(rows.length > 0, fillName).toBe(fillName === "many are due");
  });

  test.each(ENTRIES)("%s reads what it names by the keys that it should", async (name, entry) => {
    const found: string[] = [];
    for (const size of entry.sizes) {
      for (const whose of WHOSE) {
        for (const statement of await statementsOf(entry, sample(size, whose))) {
          const plan = (await database.client.execute(`EXPLAIN ${statement}`)).rows as PlanLine[];
          for (const { table } of plan) unseen.get(name)?.delete(table ?? "");
          found.push(...complaints(entry, statement, plan, size).map((one) => `${size} of ${whose}: ${one}`));
        }
      }
    }
    expect(found).toEqual([]);
  });
});

test("every key that an entry wants was judged", () => {
  expect([...unseen].filter(([, tables]) => tables.size > 0)).toEqual([]);
});
