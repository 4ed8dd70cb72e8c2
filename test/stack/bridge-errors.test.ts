import { Client, DatabaseError } from "@planetscale/database";
import { createConnection } from "mariadb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBridge } from "../../dev/bridge/bridge.ts";
import { connectorConfig, parseMysqlUrl } from "../../dev/database/mysql-url.ts";
import { callBridge, databaseErrorOf, startTestBridge, tableName } from "./bridge-kit.ts";
import type { TestBridge } from "./bridge-kit.ts";

let stack: TestBridge;

beforeAll(async () => {
  stack = await startTestBridge();
});
afterAll(async () => stack.stop());

async function createTable(prefix: string): Promise<string> {
  const table = tableName(prefix);
  await stack.client.execute(`CREATE TABLE ${table} (id INT PRIMARY KEY, v VARCHAR(5))`);
  return table;
}

describe("errors of the database", () => {
  test("a duplicate key is a DatabaseError with errno, sqlstate and Vitess's code", async () => {
    const table = await createTable("twice");
    const insert = async (): Promise<unknown> => stack.client.execute(`INSERT INTO ${table} VALUES (1, 'a')`);
    await insert();
    const error = await databaseErrorOf(insert());
    expect(error.message).toMatch(/code = AlreadyExists desc = Duplicate entry .*\(errno 1062\) \(sqlstate 23000\)/);
    expect(error.body.code).toBe("ALREADY_EXISTS");
  });

  test.each([
    ["SELECT * FROM no_such_table", 1146, "42S02"],
    ["SELECT no_such_column", 1054, "42S22"],
    ["SELECT FROM WHERE", 1064, "42000"],
    ["SELECT CAST('2026-01-01' AS DATE) + INTERVAL 1 NO_SUCH_UNIT", 1064, "42000"],
  ])("%s fails with errno %i", async (sql, errno, sqlState) => {
    const error = await databaseErrorOf(stack.client.execute(sql));
    expect(error.message).toContain(`(errno ${errno}) (sqlstate ${sqlState})`);
  });

  test("a value that does not fit is refused, not cut", async () => {
    const table = await createTable("strict");
    const error = await databaseErrorOf(stack.client.execute(`INSERT INTO ${table} VALUES (1, 'toolong')`));
    expect(error.message).toContain("(errno 1406)");
  });

  test("a column that is not grouped by is refused, as MySQL does", async () => {
    const table = await createTable("grouped");
    const error = await databaseErrorOf(stack.client.execute(`SELECT id, v, COUNT(*) FROM ${table} GROUP BY v`));
    expect(error.message).toContain("(errno 1055)");
  });

  test("an error comes with HTTP status 200", async () => {
    const { status, body } = await callBridge(stack.bridge, "Execute", { query: "SELECT * FROM no_such_table" });
    expect({ status, error: typeof body["error"] }).toStrictEqual({ status: 200, error: "object" });
  });

  test("the statement's text is not in the error", async () => {
    const error = await databaseErrorOf(
      stack.client.execute("SELECT nothing_like_it FROM (SELECT '+4915112345678') t"),
    );
    expect(error.message).not.toContain("4915112345678");
  });
});

describe("the limits of the platform", () => {
  test("100,000 rows are given, one more is an error", async () => {
    const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(" UNION ALL ");
    const five = ["a", "b", "c", "d", "e"].map((alias) => `(${digits}) ${alias}`).join(", ");
    const exact = await stack.client.execute(`SELECT 1 AS one FROM ${five}`);
    expect(exact.size).toBe(100_000);
    const error = await databaseErrorOf(
      stack.client.execute(`SELECT 1 AS one FROM ${five}, (SELECT 1 UNION SELECT 2) f`),
    );
    expect(error.message).toContain("exceeded 100000");
  });

  test("a request above 16 MiB is refused", async () => {
    const query = `SELECT '${"x".repeat(16 * 1024 * 1024)}'`;
    expect((await databaseErrorOf(stack.client.execute(query))).status).toBe(413);
  });
});

describe("requests that are not from the driver", () => {
  test("a wrong password is a DatabaseError with status 401", async () => {
    const url = stack.bridge.url.replace("secret", "guess");
    const error = await databaseErrorOf(new Client({ url }).execute("SELECT 1"));
    expect({ status: error.status, code: error.body.code }).toStrictEqual({ status: 401, code: "unauthenticated" });
    expect(error).toBeInstanceOf(DatabaseError);
  });

  test.each([
    ["Execute", "not json", 400],
    ["Execute", { query: 7 }, 400],
    ["Execute", { query: "SELECT 1", session: "made up" }, 400],
    ["StreamExecute", { query: "SELECT 1" }, 404],
  ])("%s with %j is answered with an error of its own", async (method, body, status) => {
    const answer = await callBridge(stack.bridge, method, body);
    expect({ status: answer.status, error: typeof answer.body["error"] }).toStrictEqual({ status, error: "object" });
  });

  test("a password that a URL would have to encode is refused at the start", async () => {
    const start = startBridge({ mysqlUrl: stack.mysqlUrl, port: 0, username: "u", password: "a:b" });
    await expect(start).rejects.toThrow("letters, digits");
  });

  test("a database that cannot be reached fails the start, without its password", async () => {
    const mysqlUrl = "mysql://notify:hidden-word@127.0.0.1:1/none";
    const error = await startBridge({ mysqlUrl, port: 0, username: "u", password: "p" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error) + String(error)).not.toContain("hidden-word");
  });
});

test("a session has production's time zone, character set and SQL mode, whatever the server's are", async () => {
  const settings = "@@session.time_zone AS tz, @@character_set_connection AS cs, @@session.sql_mode AS mode";
  const mode =
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE," +
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
  const { rows } = await stack.client.execute(`SELECT ${settings}`);
  expect(rows).toStrictEqual([{ tz: "+00:00", cs: "utf8mb4", mode }]);
});

describe("counting rows", () => {
  test("an update counts the rows it found, changed or not", async () => {
    const table = await createTable("found");
    await stack.client.execute(`INSERT INTO ${table} VALUES (1, 'a'), (2, 'a')`);
    const same = await stack.client.execute(`UPDATE ${table} SET v = 'a'`);
    const none = await stack.client.execute(`UPDATE ${table} SET v = 'b' WHERE id = 9`);
    expect([same.rowsAffected, none.rowsAffected]).toStrictEqual([2, 0]);
  });

  test("an upsert counts 1 for a new or equal row and 2 for a changed one", async () => {
    const table = await createTable("upsert");
    const upsert = async (v: string): Promise<number> => {
      const sql = `INSERT INTO ${table} VALUES (1, ?) ON DUPLICATE KEY UPDATE v = VALUES(v)`;
      return (await stack.client.execute(sql, [v])).rowsAffected;
    };
    expect([await upsert("a"), await upsert("a"), await upsert("b")]).toStrictEqual([1, 1, 2]);
  });

  test("the bridge counts the statements that come in", async () => {
    const before = stack.bridge.statements();
    await stack.client.execute("SELECT 1");
    await stack.client.transaction(async (tx) => tx.execute("SELECT 1"));
    expect(stack.bridge.statements() - before).toBe(4);
  });
});

describe("many at once", () => {
  test("50 parallel statements are all answered, each with its own result", async () => {
    const wanted = Array.from({ length: 50 }, (_, n) => n);
    const results = await Promise.all(wanted.map((n) => stack.client.execute("SELECT ? AS n, SLEEP(0.01) AS s", [n])));
    // A number without a column is a BIGINT on MySQL, which the driver gives as text, and an INT on MariaDB.
    expect(results.map(({ rows }) => Number((rows[0] as { n: unknown }).n))).toStrictEqual(wanted);
  });

  test("a connection that the server closed does not fail a later statement for long", async () => {
    const ids = await stack.client.execute(
      "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()",
    );
    const direct = await createConnection(connectorConfig(parseMysqlUrl(stack.mysqlUrl)));
    for (const { id } of ids.rows as { id: string }[]) await direct.query(`KILL ${Number(id)}`).catch(() => undefined);
    await direct.end();
    const answers = async (): Promise<boolean> =>
      stack.client.execute("SELECT 1").then(
        () => true,
        () => false,
      );
    await expect.poll(async () => (await Promise.all(Array.from({ length: 20 }, answers))).every(Boolean)).toBe(true);
  });
});
