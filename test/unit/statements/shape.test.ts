import { expect, test } from "vitest";
import { shapeOf, skeletonOf, tablesOf } from "../../support/statements/shape.ts";

test.each([
  ["SELECT a FROM t WHERE b = '+34600111222' AND c IN ('x', 'y')", "SELECT a FROM t WHERE b = ? AND c IN (?)"],
  [
    "SELECT a FROM t WHERE b = 'O''Hara' AND c = 'a\\'b' AND d = \"e\"",
    "SELECT a FROM t WHERE b = ? AND c = ? AND d = ?",
  ],
  ["SELECT 1, 2.5, -3 FROM t2 WHERE a1 = x'ff'", "SELECT ? FROM t2 WHERE a1 = ?"],
  ["UPDATE t SET a = CASE id WHEN 'x' THEN NULL WHEN 'y' THEN NOW(3) END", "UPDATE t SET a = CASE id END"],
  ["insert into `t` (`a`, `b`) values ('x', 1), ('y', 2)", "insert into t (a, b) values (…)"],
  [
    "INSERT INTO t (a) VALUES ('x'), ('y') ON DUPLICATE KEY UPDATE a = VALUES(a)",
    "INSERT INTO t (a) values (…) ON DUPLICATE KEY UPDATE a = VALUES(a)",
  ],
  ["SELECT a FROM t WHERE (a, b) IN (('x', 1), ('y', 2))", "SELECT a FROM t WHERE (a, b) IN ((?))"],
])("nothing that was put into a statement is in its shape: %s", (statement, shape) => {
  expect(shapeOf(statement)).toBe(shape);
});

test("a statement over one row and over many have one shape", () => {
  const over = (
    ids: string[],
  ) => `UPDATE t SET a = CASE id ${ids.map((id) => `WHEN '${id}' THEN 'a, ${id}'`).join(" ")} END
    WHERE id IN (${ids.map((id) => `'${id}'`).join(", ")})`;

  expect(shapeOf(over(["x"]))).toBe(shapeOf(over(["x", "y", "z"])));
});

test("a shape tells its tables, by the names that they are called", () => {
  const shape = `SELECT a, (SELECT MAX(b) FROM u x WHERE x.c = t.c) FROM t FORCE INDEX (PRIMARY)
    LEFT JOIN v AS w ON w.c = t.c WHERE EXISTS (SELECT ? FROM z WHERE z.c = t.c)`;

  expect(tablesOf(shapeOf(shape)).map(({ table, alias }) => `${table} ${alias}`)).toEqual(["u x", "t t", "v w", "z z"]);
});

test.each([
  ["UPDATE t u SET u.a = IF(b, c, ?), d = ? WHERE e = ?", "update | t u | u.a,d"],
  ["INSERT INTO t (a, b) SELECT c, ? FROM u WHERE d = ?", "insert | t, u | a,b"],
  ["select a, b from t where c = ?", "select | t | a, b"],
  ["DELETE FROM t WHERE a = ?", "delete | t"],
])("a statement is known by its verb, its tables and its columns: %s", (shape, skeleton) => {
  expect(skeletonOf(shape)).toBe(skeleton);
});
