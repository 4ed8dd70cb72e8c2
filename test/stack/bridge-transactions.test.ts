import { connect, Client } from "@planetscale/database";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBridge } from "../../dev/bridge/bridge.ts";
import { callBridge, databaseErrorOf, startTestBridge, tableName } from "./bridge-kit.ts";
import type { TestBridge } from "./bridge-kit.ts";

let stack: TestBridge;

beforeAll(async () => {
  stack = await startTestBridge();
});
afterAll(async () => stack.stop());

async function createTable(...ids: number[]): Promise<string> {
  const table = tableName("tx");
  await stack.client.execute(`CREATE TABLE ${table} (id INT PRIMARY KEY, v INT NOT NULL DEFAULT 0)`);
  if (ids.length > 0)
    await stack.client.execute(`INSERT INTO ${table} (id) VALUES ${ids.map((id) => `(${id})`).join()}`);
  return table;
}

async function idsIn(table: string): Promise<number[]> {
  const { rows } = await stack.client.execute(`SELECT id FROM ${table} ORDER BY id`);
  return (rows as { id: number }[]).map(({ id }) => id);
}

describe("a transaction through drizzle", () => {
  test("is kept when it commits", async () => {
    const table = await createTable();
    await drizzle(stack.client).transaction(async (tx) => {
      await tx.execute(sql.raw(`INSERT INTO ${table} (id) VALUES (1)`));
      await tx.execute(sql.raw(`INSERT INTO ${table} (id) VALUES (2)`));
    });
    expect(await idsIn(table)).toStrictEqual([1, 2]);
  });

  test("leaves nothing behind when it throws", async () => {
    const table = await createTable();
    const failing = drizzle(stack.client).transaction(async (tx) => {
      await tx.execute(sql.raw(`INSERT INTO ${table} (id) VALUES (1)`));
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await idsIn(table)).toStrictEqual([]);
  });

  test("rolls back to a savepoint when a nested one throws", async () => {
    const table = await createTable();
    await drizzle(stack.client).transaction(async (tx) => {
      await tx.execute(sql.raw(`INSERT INTO ${table} (id) VALUES (1)`));
      const nested = tx.transaction(async (inner) => {
        await inner.execute(sql.raw(`INSERT INTO ${table} (id) VALUES (2)`));
        throw new Error("only the inner one");
      });
      await nested.catch(() => undefined);
    });
    expect(await idsIn(table)).toStrictEqual([1]);
  });

  test("survives an error of one of its statements", async () => {
    const table = await createTable(1);
    await drizzle(stack.client).transaction(async (tx) => {
      await tx.execute(sql.raw(`INSERT INTO ${table} (id) VALUES (2)`));
      await tx.execute(sql.raw(`INSERT INTO ${table} (id) VALUES (1)`)).catch(() => undefined);
      await tx.execute(sql.raw(`INSERT INTO ${table} (id) VALUES (3)`));
    });
    expect(await idsIn(table)).toStrictEqual([1, 2, 3]);
  });
});

describe("sessions", () => {
  test("do not see each other's uncommitted rows", async () => {
    const table = await createTable();
    const one = connect({ url: stack.bridge.url });
    const two = connect({ url: stack.bridge.url });
    await one.execute("BEGIN");
    await two.execute("BEGIN");
    await one.execute(`INSERT INTO ${table} (id) VALUES (1)`);
    expect((await two.execute(`SELECT id FROM ${table}`)).rows).toStrictEqual([]);
    expect((await one.execute(`SELECT id FROM ${table}`)).rows).toStrictEqual([{ id: 1 }]);
    await Promise.all([one.execute("COMMIT"), two.execute("COMMIT")]);
    expect(await idsIn(table)).toStrictEqual([1]);
  });

  test("refuse a second statement while one runs", async () => {
    const connection = connect({ url: stack.bridge.url });
    await connection.execute("BEGIN");
    const outcomes = await Promise.allSettled([1, 2].map(async () => connection.execute("SELECT SLEEP(0.1)")));
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.map(({ reason }: { reason: Error }) => reason.message)).toStrictEqual(["session already in use"]);
    await connection.execute("ROLLBACK");
  });

  test("are told apart: each new one has its own id", async () => {
    const created = await Promise.all([1, 2].map(async () => callBridge(stack.bridge, "CreateSession", {})));
    const ids = created.map(({ body }) => JSON.stringify(body["session"]));
    expect(new Set(ids).size).toBe(2);
  });

  test("roll back when they are closed", async () => {
    const table = await createTable();
    const begun = await callBridge(stack.bridge, "Execute", { query: "BEGIN" });
    const { session } = begun.body;
    await callBridge(stack.bridge, "Execute", { query: `INSERT INTO ${table} (id) VALUES (1)`, session });
    await callBridge(stack.bridge, "CloseSession", { session });
    const { body } = await callBridge(stack.bridge, "Execute", { query: "COMMIT", session });
    expect(JSON.stringify(body["error"])).toContain("transaction not found");
    expect(await idsIn(table)).toStrictEqual([]);
  });

  test("leave their transaction when DDL commits it", async () => {
    const table = await createTable();
    const begun = await callBridge(stack.bridge, "Execute", { query: "BEGIN" });
    const query = `ALTER TABLE ${table} ADD COLUMN w INT`;
    const altered = await callBridge(stack.bridge, "Execute", { query, session: begun.body["session"] });
    expect(
      [begun, altered].map(({ body }) => JSON.stringify(body["session"]).includes('"inTransaction":true')),
    ).toStrictEqual([true, false]);
  });
});

describe("a transaction that ended by itself", () => {
  test("after a deadlock nothing more runs in it, and its rollback succeeds", async () => {
    const table = await createTable(1, 2);
    const tryBoth = async (first: number, second: number, ready: () => Promise<void>): Promise<unknown> =>
      stack.client.transaction(async (tx) => {
        await tx.execute(`UPDATE ${table} SET v = v + 1 WHERE id = ${first}`);
        await ready();
        try {
          await tx.execute(`UPDATE ${table} SET v = v + 1 WHERE id = ${second}`);
          return "won";
        } catch {
          return (await databaseErrorOf(tx.execute(`UPDATE ${table} SET v = 100`))).message;
        }
      });
    const both = meeting(2);
    const outcomes = await Promise.allSettled([tryBoth(1, 2, both), tryBoth(2, 1, both)]);
    const texts = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? String(outcome.value) : String(outcome.reason),
    );
    expect(texts.some((text) => text === "won")).toBe(true);
    expect(texts.some((text) => text.includes("transaction not found"))).toBe(true);
    const { rows } = await stack.client.execute(`SELECT v FROM ${table}`);
    expect(rows).toStrictEqual([{ v: 1 }, { v: 1 }]);
  });

  test("after its time it is rolled back, its statements fail and its locks are gone", async () => {
    const table = await createTable(1);
    const login = { username: "tester", password: "secret" };
    const bridge = await startBridge({ mysqlUrl: stack.mysqlUrl, port: 0, ...login, transactionTimeoutMs: 200 });
    try {
      const connection = connect({ url: bridge.url });
      await connection.execute("BEGIN");
      await connection.execute(`UPDATE ${table} SET v = 9 WHERE id = 1`);
      // Waits for the row's lock, which only the rollback frees.
      await new Client({ url: bridge.url }).execute(`UPDATE ${table} SET v = v + 1 WHERE id = 1`);
      const error = await databaseErrorOf(connection.execute("COMMIT"));
      expect(error.message).toContain("transaction not found");
      await connection.execute("ROLLBACK");
      expect((await connection.execute(`SELECT v FROM ${table}`)).rows).toStrictEqual([{ v: 1 }]);
    } finally {
      await bridge.stop();
    }
  });
});

// Less than the deadline of a transaction, which would free a connection too.
test("transactions that wait leave statements of their own a connection", { timeout: 10_000 }, async () => {
  const open = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const connection = connect({ url: stack.bridge.url });
      await connection.execute("BEGIN");
      return connection;
    }),
  );
  expect((await stack.client.execute("SELECT 'it' AS got")).rows).toStrictEqual([{ got: "it" }]);
  await Promise.all(open.map((connection) => connection.execute("ROLLBACK")));
});

/** A function that returns once it has been called `size` times. */
function meeting(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let here = 0;
  return async () => {
    here += 1;
    if (here === size) resolve();
    return promise;
  };
}
