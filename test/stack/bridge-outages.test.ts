import { connect, Client } from "@planetscale/database";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startBridge } from "../../dev/bridge/bridge.ts";
import type { Bridge } from "../../dev/bridge/bridge.ts";
import { callBridge, databaseErrorOf, startTestBridge, tableName } from "./bridge-kit.ts";
import type { TestBridge } from "./bridge-kit.ts";
import { startProxy } from "./bridge-proxy.ts";
import type { DatabaseProxy } from "./bridge-proxy.ts";

/** How the message of an unavailable server looks in production. */
const UNAVAILABLE = /^target: .*: rpc error: code = Unavailable desc = .* \(errno (?:2002|2013)\) \(sqlstate HY000\)/;

let stack: TestBridge;
let proxy: DatabaseProxy;
let bridge: Bridge;
let client: Client;

beforeAll(async () => {
  stack = await startTestBridge();
});
afterAll(async () => stack.stop());

beforeEach(async () => {
  proxy = await startProxy(stack.mysqlUrl);
  bridge = await startBridge({ mysqlUrl: proxy.url, port: 0, username: "tester", password: "secret" });
  client = new Client({ url: bridge.url });
});
afterEach(async () => {
  await bridge.stop();
  await proxy.down();
});

/** Statements of the bridge under test that run on the server right now and hold this marker. */
async function running(marker: string): Promise<number> {
  const { rows } = await stack.client.execute(
    "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE INFO LIKE ? AND ID <> CONNECTION_ID()",
    [`%${marker}%`],
  );
  return Number((rows[0] as { n: string }).n);
}

async function createTable(): Promise<string> {
  const table = tableName("outage");
  await stack.client.execute(`CREATE TABLE ${table} (id INT PRIMARY KEY, v INT NOT NULL)`);
  await stack.client.execute(`INSERT INTO ${table} VALUES (1, 0)`);
  return table;
}

// Each has less time than a statement may wait for a connection: an outage is told, not waited for.
describe("while the database is away", { timeout: 15_000 }, () => {
  test("statements fail with HTTP 200 and UNAVAILABLE, and work again once it is back", async () => {
    await client.execute("SELECT 1");
    await proxy.down();
    for (const query of ["SELECT 1", "BEGIN"]) {
      const { status, body } = await callBridge(bridge, "Execute", { query });
      expect({ status, error: body["error"] }).toStrictEqual({
        status: 200,
        error: { code: "UNAVAILABLE", message: expect.stringMatching(UNAVAILABLE) as string },
      });
    }
    await proxy.up();
    expect((await client.execute("SELECT 'it' AS got")).rows).toStrictEqual([{ got: "it" }]);
    expect((await client.transaction(async (tx) => tx.execute("SELECT 'too' AS got"))).rows).toStrictEqual([
      { got: "too" },
    ]);
  });

  test("more statements than there are connections all fail, and none is left waiting", async () => {
    await proxy.down();
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, async () => client.execute("SELECT 1")));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toStrictEqual([]);
  });

  test("a statement that was running fails, as do those that waited for its connection", async () => {
    const marker = tableName("sleep");
    const statements = Array.from({ length: 15 }, async () => client.execute(`SELECT SLEEP(60) AS ${marker}`));
    const outcomes = Promise.all(statements.map(databaseErrorOf));
    await expect.poll(async () => running(marker)).toBe(10);
    await proxy.down();
    for (const { message } of await outcomes) expect(message).toMatch(UNAVAILABLE);
  });

  test("a transaction ends: nothing more runs in it, and its rollback succeeds", async () => {
    const table = await createTable();
    const connection = connect({ url: bridge.url });
    await connection.execute("BEGIN");
    await connection.execute(`UPDATE ${table} SET v = 9`);
    await proxy.down();
    expect((await databaseErrorOf(connection.execute(`UPDATE ${table} SET v = 8`))).message).toMatch(UNAVAILABLE);
    await proxy.up();
    expect((await databaseErrorOf(connection.execute("COMMIT"))).message).toContain("transaction not found");
    await connection.execute("ROLLBACK");
    await expect.poll(async () => (await connection.execute(`SELECT v FROM ${table}`)).rows).toStrictEqual([{ v: 0 }]);
  });

  test("the bridge can be stopped", async () => {
    const connection = connect({ url: bridge.url });
    await connection.execute("BEGIN");
    await proxy.down();
    await expect(bridge.stop()).resolves.toBeUndefined();
  });
});

describe("stopping while statements run", { timeout: 15_000 }, () => {
  test("ends them on the server, not only their connections", async () => {
    const marker = tableName("sleep");
    const slow = client.execute(`SELECT SLEEP(60) AS ${marker}`);
    const outcome = expect(slow).rejects.toThrow();
    await expect.poll(async () => running(marker)).toBe(1);
    await bridge.stop();
    await outcome;
    await expect.poll(async () => running(marker)).toBe(0);
  });

  test("undoes the transactions, waiting or running, and frees their locks", async () => {
    const [waiting, busy] = [await createTable(), await createTable()];
    const marker = tableName("sleep");
    const [idle, slow] = [connect({ url: bridge.url }), connect({ url: bridge.url })];
    for (const [connection, table] of [
      [idle, waiting],
      [slow, busy],
    ] as const) {
      await connection.execute("BEGIN");
      await connection.execute(`UPDATE ${table} SET v = 9`);
    }
    const outcome = expect(slow.execute(`SELECT SLEEP(60) AS ${marker}`)).rejects.toThrow();
    await expect.poll(async () => running(marker)).toBe(1);
    await bridge.stop();
    await outcome;
    for (const table of [waiting, busy]) {
      await stack.client.execute(`UPDATE ${table} SET v = v + 1`);
      expect((await stack.client.execute(`SELECT v FROM ${table}`)).rows).toStrictEqual([{ v: 1 }]);
    }
  });

  test("comes to an end although the database hangs", async () => {
    const connection = connect({ url: bridge.url });
    await connection.execute("BEGIN");
    proxy.hang();
    const outcomes = [connection.execute("SELECT 1"), client.execute("SELECT 1")].map(async (statement) =>
      expect(statement).rejects.toThrow(),
    );
    await bridge.stop();
    await Promise.all(outcomes);
  });

  test("may be asked for twice", async () => {
    await expect(Promise.all([bridge.stop(), bridge.stop()])).resolves.toHaveLength(2);
  });
});
