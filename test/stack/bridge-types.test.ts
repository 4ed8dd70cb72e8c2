import { drizzle } from "drizzle-orm/planetscale-serverless";
import { boolean, datetime, json, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callBridge, startTestBridge, tableName } from "./bridge-kit.ts";
import type { TestBridge } from "./bridge-kit.ts";

let stack: TestBridge;

beforeAll(async () => {
  stack = await startTestBridge();
});
afterAll(async () => stack.stop());

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

/** Column type, an SQL literal to store, Vitess's type name, and what the driver makes of it. */
const columns: [type: string, literal: string, vitess: string, value: unknown][] = [
  ["tinyint", "-128", "INT8", -128],
  ["tinyint unsigned", "255", "UINT8", 255],
  ["boolean", "true", "INT8", 1],
  ["smallint", "-32768", "INT16", -32_768],
  ["smallint unsigned", "65535", "UINT16", 65_535],
  ["mediumint", "-8388608", "INT24", -8_388_608],
  ["mediumint unsigned", "16777215", "UINT24", 16_777_215],
  ["int", "-2147483648", "INT32", -2_147_483_648],
  ["int unsigned", "4294967295", "UINT32", 4_294_967_295],
  ["bigint", "-9223372036854775808", "INT64", "-9223372036854775808"],
  ["bigint unsigned", "18446744073709551615", "UINT64", "18446744073709551615"],
  ["decimal(20,4)", "1234567890123456.7000", "DECIMAL", "1234567890123456.7000"],
  ["float", "1.5", "FLOAT32", 1.5],
  ["double", "0.1", "FLOAT64", 0.1],
  ["date", "'2026-01-02'", "DATE", "2026-01-02"],
  ["time", "'-12:34:56'", "TIME", "-12:34:56"],
  ["datetime", "'2026-01-02 03:04:05'", "DATETIME", "2026-01-02 03:04:05"],
  ["datetime(3)", "'2026-01-02 03:04:05.678'", "DATETIME", "2026-01-02 03:04:05.678"],
  ["timestamp(3) null", "'2026-01-02 03:04:05.678'", "TIMESTAMP", "2026-01-02 03:04:05.678"],
  ["year", "2026", "YEAR", 2026],
  ["char(4)", "'ab'", "CHAR", "ab"],
  ["char(4) collate utf8mb4_bin", "'ab'", "BINARY", "ab"],
  ["varchar(20)", "'Grüße 🚚'", "VARCHAR", "Grüße 🚚"],
  ["varchar(20) collate utf8mb4_bin", "'ab'", "VARBINARY", "ab"],
  ["text", "''", "TEXT", ""],
  ["text collate utf8mb4_bin", "'ab'", "BLOB", "ab"],
  ["longtext", "'long'", "TEXT", "long"],
  ["blob", "x'00ff80'", "BLOB", bytes(0, 255, 128)],
  ["binary(4)", "x'01'", "BINARY", bytes(1, 0, 0, 0)],
  ["varbinary(4)", "x'fffe'", "VARBINARY", bytes(255, 254)],
  ["bit(10)", "b'1000000001'", "BIT", bytes(2, 1)],
  ["enum('new','sent')", "'sent'", "ENUM", "sent"],
  ["set('a','b','c')", "'a,c'", "SET", "a,c"],
  ["json", `'{"parcels":[1,null,"ü"]}'`, "JSON", { parcels: [1, null, "ü"] }],
];

describe("column types", () => {
  test.each(columns)("%s holding %s comes as %s", async (type, literal, vitess, value) => {
    const table = tableName("typed");
    await stack.client.execute(`CREATE TABLE ${table} (id INT PRIMARY KEY, v ${type})`);
    await stack.client.execute(`INSERT INTO ${table} VALUES (1, ${literal}), (2, NULL)`);
    const { rows, types } = await stack.client.execute(`SELECT v FROM ${table} ORDER BY id`);
    expect({ type: types["v"], rows }).toStrictEqual({ type: vitess, rows: [{ v: value }, { v: null }] });
  });

  test("a JSON expression is an object, as a JSON column is", async () => {
    const { rows } = await stack.client.execute("SELECT JSON_OBJECT('a', JSON_ARRAY(1, 'x')) AS v");
    expect(rows).toStrictEqual([{ v: { a: [1, "x"] } }]);
  });

  test("a result without rows still names its columns", async () => {
    const { headers, rows } = await stack.client.execute("SELECT 1 AS one, 'x' AS two LIMIT 0");
    expect({ headers, rows }).toStrictEqual({ headers: ["one", "two"], rows: [] });
  });
});

describe("the wire", () => {
  test("a row of NULLs has no values, and NULL has no type", async () => {
    const { body } = await callBridge(stack.bridge, "Execute", { query: "SELECT NULL AS a, NULL AS b" });
    const result = body["result"] as { fields: object[]; rows: object[] };
    expect(result.rows).toStrictEqual([{ lengths: ["-1", "-1"] }]);
    expect(result.fields.filter((field) => "type" in field)).toStrictEqual([]);
  });

  test("an empty string has length 0 and 64-bit numbers are strings", async () => {
    const { body } = await callBridge(stack.bridge, "Execute", { query: "SELECT '' AS a, CAST(7 AS UNSIGNED) AS b" });
    const result = body["result"] as { rows: object[] };
    expect(result.rows).toStrictEqual([{ lengths: ["0", "1"], values: btoa("7") }]);
  });

  test("a statement that changes nothing has an empty result", async () => {
    const table = tableName("empty");
    const created = await callBridge(stack.bridge, "Execute", { query: `CREATE TABLE ${table} (id INT PRIMARY KEY)` });
    expect(created.body["result"]).toStrictEqual({});
  });

  test("an insert tells its id and the number of rows", async () => {
    const table = tableName("counted");
    await stack.client.execute(`CREATE TABLE ${table} (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INT)`);
    const { insertId, rowsAffected } = await stack.client.execute(
      `INSERT INTO ${table} (id, v) VALUES (41, 1), (42, 2)`,
    );
    expect(rowsAffected).toBe(2);
    expect((await stack.client.execute(`INSERT INTO ${table} (v) VALUES (3)`)).insertId).toBe("43");
    expect(insertId).not.toBe("43");
  });
});

describe("drizzle", () => {
  test("gives back dates, JSON, booleans and emoji as they were stored", async () => {
    const name = tableName("orders");
    const orders = mysqlTable(name, {
      id: varchar("id", { length: 40 }).primaryKey(),
      at: datetime("at", { mode: "date", fsp: 3 }).notNull(),
      payload: json("payload").$type<{ items: string[] }>(),
      done: boolean("done").notNull(),
    });
    const db = drizzle(stack.client);
    await stack.client.execute(
      `CREATE TABLE ${name} (id VARCHAR(40) PRIMARY KEY, at DATETIME(3) NOT NULL, payload JSON, done BOOLEAN NOT NULL)`,
    );
    const stored = [
      { id: "a?'\\\"🚚", at: new Date("2026-02-28T23:59:59.999Z"), payload: { items: ["ä?", "'"] }, done: true },
      { id: "b", at: new Date("1999-12-31T00:00:00.000Z"), payload: null, done: false },
    ];
    await db.insert(orders).values(stored);
    expect(await db.select().from(orders).orderBy(orders.id)).toStrictEqual(stored);
  });
});
