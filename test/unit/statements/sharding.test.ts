import { getTableColumns, getTableName, is } from "drizzle-orm";
import { MySqlTable } from "drizzle-orm/mysql-core";
import { expect, test } from "vitest";
import * as worked from "../../../src/db/schema-deliveries.ts";
import * as plain from "../../../src/db/schema-plain.ts";
import * as schema from "../../../src/db/schema.ts";
import { readVSchema, SHARDED, unkeyedTables } from "../../support/statements/sharding.ts";

const tables = [worked, plain, schema].flatMap((file) => Object.values(file)).filter((value) => is(value, MySqlTable));

test("a table lies on the shard of its enterprise if it has one, and in the unsharded keyspace if not", () => {
  const ofAnEnterprise = tables.filter((table) => "enterpriseId" in getTableColumns(table)).map(getTableName);
  const others = tables.filter((table) => !("enterpriseId" in getTableColumns(table))).map(getTableName);

  expect([...SHARDED].toSorted()).toEqual(ofAnEnterprise.toSorted());
  expect(Object.keys(readVSchema("notify").tables).toSorted()).toEqual(others.toSorted());
});

test.each([
  "SELECT a FROM deliveries WHERE enterprise_id = ?",
  "SELECT a FROM deliveries d WHERE d.enterprise_id IN (?) AND d.delivery_id IN (?)",
  "SELECT a FROM deliveries d JOIN attempts a ON a.enterprise_id = d.enterprise_id WHERE d.enterprise_id = ?",
  "SELECT a FROM deliveries d WHERE d.enterprise_id = ? AND EXISTS (SELECT ? FROM logs l WHERE l.enterprise_id = d.enterprise_id)",
  "UPDATE deliveries SET state = ? WHERE enterprise_id IN (?) AND delivery_id IN (?)",
  "INSERT INTO logs (enterprise_id, attempt_id) values (…)",
  "SELECT a FROM gateways",
])("the shard of every row is known: %s", (shape) => {
  expect(unkeyedTables(shape)).toEqual([]);
});

test.each([
  ["SELECT a FROM deliveries WHERE delivery_id = ?", ["deliveries"]],
  ["UPDATE deliveries SET enterprise_id = ? WHERE delivery_id IN (?)", ["deliveries"]],
  ["SELECT a FROM deliveries d JOIN attempts a ON a.delivery_id = d.delivery_id WHERE d.enterprise_id = ?", ["a"]],
  ["SELECT a FROM customers c JOIN customers o ON o.phone = c.phone WHERE c.enterprise_id = ?", ["o"]],
  ["SELECT a FROM deliveries d JOIN attempts a ON a.enterprise_id = d.enterprise_id", ["d", "a"]],
  [
    "SELECT (SELECT ? FROM logs l WHERE l.enterprise_id = d.enterprise_id), (SELECT ? FROM logs l WHERE l.a = ?) FROM deliveries d WHERE d.enterprise_id = ?",
    ["l"],
  ],
  ["INSERT INTO logs (attempt_id) values (…)", ["logs"]],
])("the shard of some rows is not known: %s", (shape, unkeyed) => {
  expect(unkeyedTables(shape)).toEqual(unkeyed);
});
