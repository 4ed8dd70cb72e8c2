import { expect, it } from "vitest";
import { AS_JSON, problemOf, readAnswer } from "./http-kit.ts";
import { query, quietEnv, sendIn, unique } from "./kit.ts";
import { network } from "./network.ts";
import { ask, insertRow, LIST_PATHS, readAll, readRows } from "./reading-kit.ts";

it.for(LIST_PATHS)("%s names every wrong parameter at once, misspelt ones as well", async (path) => {
  const wrong = "limit=0&from=yesterday&shipment_id=&channel=SMS&channel=Email&enterprize_id=acme&constructor=1";
  const answer = await sendIn(quietEnv().env, `${path}?${wrong}`, { headers: AS_JSON });

  const problem = problemOf(await readAnswer(answer));

  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
  expect(problem["errors"]).toEqual([
    { parameter: "channel", message: "must be given once" },
    { parameter: "enterprise_id", message: "is required" },
    { parameter: "limit", message: "must be an integer from 1 to 200" },
    { parameter: "shipment_id", message: "must not be empty" },
    { parameter: "from", message: expect.stringContaining("RFC 3339") },
    { parameter: "enterprize_id", message: "is not a parameter of this route" },
    { parameter: "constructor", message: "is not a parameter of this route" },
  ]);
});

it.for(LIST_PATHS)("%s refuses a cursor that is none, or of another query", async (path) => {
  const enterprise = unique("ent");
  await insertRow(path, enterprise, { secondsAgo: 5 });
  await insertRow(path, enterprise, { secondsAgo: 6 });
  const { next } = await readRows(path, { enterprise_id: enterprise, limit: 1 });
  const cursor = next ?? "";
  const other = LIST_PATHS.find((one) => one !== path) ?? path;

  const answers = [
    await ask(path, { enterprise_id: enterprise, cursor: "x" }),
    await ask(path, { enterprise_id: enterprise, cursor: `${cursor}AA` }),
    await ask(path, { enterprise_id: `${enterprise}x`, cursor }),
    await ask(path, { enterprise_id: enterprise, channel: "SMS", cursor }),
    await ask(other, { enterprise_id: enterprise, cursor }),
  ];

  for (const answer of answers) {
    expect(problemOf(await readAnswer(answer))["errors"]).toEqual([
      { parameter: "cursor", message: "must be the 'next' of an answer to the same query" },
    ]);
  }
  expect((await readRows(path, { enterprise_id: enterprise, limit: 200, cursor })).rows).toHaveLength(1);
});

it.for(LIST_PATHS)(
  "%s looks at 5,000 rows at most for a filter that few rows fit, and goes on from there",
  async (path) => {
    const enterprise = unique("ent");
    const id = await insertRow(path, enterprise, { secondsAgo: 9_000, channel: "Rare" });
    await fillUp(path, enterprise);

    const statements = await network.statementsOf(async () => {
      const { rows, next } = await readRows(path, { enterprise_id: enterprise, channel: "Rare" });
      expect(rows).toEqual([]);
      expect(next).not.toBeNull();
    });
    const all = await readAll(path, { enterprise_id: enterprise, channel: "Rare" });

    expect(statements).toHaveLength(2);
    expect(all.rows).toMatchObject([{ delivery_id: id }]);
  },
);

it.for(LIST_PATHS)("%s costs one statement, two with a filter that no index knows", async (path) => {
  const enterprise_id = unique("ent");

  const plain = await network.statementsOf(() => ask(path, { enterprise_id }));
  const shipment = await network.statementsOf(() => ask(path, { enterprise_id, shipment_id: "SH-1", channel: "SMS" }));
  const filtered = await network.statementsOf(() => ask(path, { enterprise_id, channel: "SMS" }));

  expect([plain, shipment, filtered].map(({ length }) => length)).toEqual([1, 1, 2]);
});

it.for(["/v1/shipments/SH-1/timeline", ...LIST_PATHS])("%s is for who has the token", async (path) => {
  const answer = await sendIn(quietEnv().env, `${path}?enterprise_id=acme`);

  expect(problemOf(await readAnswer(answer))).toMatchObject({ status: 401, code: "unauthorized" });
});

/** More rows of one enterprise than one call looks at, by copying one. */
async function fillUp(path: (typeof LIST_PATHS)[number], enterprise: string): Promise<void> {
  const id = await insertRow(path, enterprise, { secondsAgo: 10 });
  const table = path === "/v1/deliveries" ? "deliveries" : path === "/v1/logs" ? "logs" : "logs_failure";
  const columns = await query<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?",
    [table],
  );
  const time = table === "deliveries" ? "accepted_at" : "notify_time";
  const made: Record<string, string> = {
    delivery_id: "CONCAT(delivery_id, n)",
    attempt_id: "CONCAT(attempt_id, n)",
    update_key: "RIGHT(CONCAT(update_key, n), 43)",
    [time]: `${time} - INTERVAL n DIV 100 SECOND`,
  };
  await query(
    `INSERT INTO ${table} (${columns.map(({ name }) => name).join(", ")})
     SELECT ${columns.map(({ name }) => made[name] ?? name).join(", ")}
       FROM ${table}, (
         SELECT a.n + 100 * b.n AS n FROM (${numbers(100)}) a, (${numbers(60)}) b) copies
      WHERE enterprise_id = ? AND delivery_id = ?`,
    [enterprise, id],
  );
}

const numbers = (below: number) => Array.from({ length: below }, (_, n) => `SELECT ${n} AS n`).join(" UNION ALL ");
