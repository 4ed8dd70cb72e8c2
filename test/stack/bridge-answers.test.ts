import { connect, Client } from "@planetscale/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBridge } from "../../dev/bridge/bridge.ts";
import type { Bridge } from "../../dev/bridge/bridge.ts";
import { databaseErrorOf, startTestBridge, tableName } from "./bridge-kit.ts";
import type { TestBridge } from "./bridge-kit.ts";
import { startProxy } from "./bridge-proxy.ts";
import type { DatabaseProxy } from "./bridge-proxy.ts";

let stack: TestBridge;

beforeAll(async () => {
  stack = await startTestBridge();
});
afterAll(async () => stack.stop());

describe("a result column whose name is long", () => {
  const long = "x".repeat(300);

  // In the latter two the expression's text is not only the column's name, but also its original name.
  test.each([
    ["a plain expression", `SELECT COALESCE(a = '${long}', FALSE) FROM TABLE`],
    ["a derived table", `SELECT * FROM (SELECT COALESCE(a = '${long}', FALSE) FROM TABLE LIMIT 1) d`],
    ["UNION", `SELECT COALESCE(a = '${long}', FALSE) FROM TABLE UNION SELECT 0 FROM TABLE`],
  ])("is answered with its value: %s", async (_what, sql) => {
    const table = tableName("long");
    await stack.client.execute(`CREATE TABLE ${table} (id INT PRIMARY KEY, a VARCHAR(400))`);
    await stack.client.execute(`INSERT INTO ${table} VALUES (1, 'short')`);
    const { rows } = await stack.client.execute(sql.replaceAll("TABLE", table), [], { as: "array" });
    expect((rows as unknown[][]).map(([value]) => Number(value))).toStrictEqual([0]);
  });

  test("leaves the columns beside it as they are", async () => {
    const sql = `SELECT DISTINCT 'ä' AS before_it, CONCAT('ü', '${long}'), 7 AS after_it FROM DUAL`;
    const { rows, fields } = await stack.client.execute(`SELECT * FROM (${sql} LIMIT 1) d`, [], { as: "array" });
    expect(rows).toStrictEqual([["ä", `ü${long}`, 7]]);
    expect(fields.map(({ name, type }) => `${name.slice(0, 9)} ${type}`)).toStrictEqual([
      "before_it VARCHAR",
      "CONCAT('ü VARCHAR",
      "after_it INT32",
    ]);
  });
});

describe("an answer of the database that the connector fails to read", () => {
  let proxy: DatabaseProxy;
  let bridge: Bridge;

  beforeAll(async () => {
    proxy = await startProxy(stack.mysqlUrl, garble);
    bridge = await startBridge({ mysqlUrl: proxy.url, port: 0, username: "tester", password: "secret" });
  });
  afterAll(async () => {
    await bridge.stop();
    await proxy.down();
  });

  test("is an error of its statement only", async () => {
    const client = new Client({ url: bridge.url });
    const error = await databaseErrorOf(client.execute("SELECT 'x' AS garble_me"));
    expect(error.message).toMatch(/code = Unknown desc = .*could not be read.* \(errno 2027\) \(sqlstate HY000\)/);
    expect((await client.execute("SELECT 'it' AS got")).rows).toStrictEqual([{ got: "it" }]);
  });

  test("costs its connection, so that nothing of it is taken for another's answer", async () => {
    const client = new Client({ url: bridge.url });
    const connectionId = async (): Promise<unknown> => (await client.execute("SELECT CONNECTION_ID() AS id")).rows[0];
    const before = await connectionId();
    expect(await connectionId()).toStrictEqual(before);
    await databaseErrorOf(client.execute("SELECT 'x' AS garble_me"));
    expect(await connectionId()).not.toStrictEqual(before);
  });

  test("ends the transaction that it belongs to", async () => {
    const table = tableName("garbled");
    await stack.client.execute(`CREATE TABLE ${table} (id INT PRIMARY KEY)`);
    const connection = connect({ url: bridge.url });
    await connection.execute("BEGIN");
    await connection.execute(`INSERT INTO ${table} VALUES (1)`);
    await databaseErrorOf(connection.execute("SELECT 'x' AS garble_me"));
    expect((await databaseErrorOf(connection.execute("COMMIT"))).message).toContain("transaction not found");
    await connection.execute("ROLLBACK");
    expect((await connection.execute(`SELECT id FROM ${table}`)).rows).toStrictEqual([]);
  });
});

describe("a result above 64 MiB", () => {
  const hundred = Array.from({ length: 100 }, () => "SELECT 1").join(" UNION ALL ");
  const huge = `SELECT REPEAT('x', 1000000) AS v FROM (${hundred}) r`;

  test("is an error of its statement", async () => {
    expect((await databaseErrorOf(stack.client.execute(huge))).message).toContain("exceeded 100000 rows or 64 MiB");
  });

  test("leaves the transaction that asked for it open", async () => {
    const connection = connect({ url: stack.bridge.url });
    await connection.execute("BEGIN");
    await databaseErrorOf(connection.execute(huge));
    expect((await connection.execute("SELECT 'it' AS got")).rows).toStrictEqual([{ got: "it" }]);
    await connection.execute("COMMIT");
  });
});

/** Gives the column `garble_me` a character set that no client knows: the byte after its names is a fixed 12. */
function garble(sent: Buffer): void {
  const name = sent.indexOf("garble_me");
  if (name === -1) return;
  const fixed = sent.indexOf(0x0c, name);
  sent.fill(0xff, fixed + 1, fixed + 3);
}
