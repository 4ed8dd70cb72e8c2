import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databaseErrorOf, startTestBridge } from "./bridge-kit.ts";
import type { TestBridge } from "./bridge-kit.ts";

let stack: TestBridge;

beforeAll(async () => {
  stack = await startTestBridge();
  await stack.client.execute("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(100))");
});
afterAll(async () => stack.stop());

describe("what production does not take is refused here too", () => {
  test.each([
    ["SELECT 1; SELECT 2", "more than one statement"],
    ["SELECT 'it''s \\\\'; SELECT 2", "more than one statement"],
    ["SELECT 1 /* quiet */ AS `a``b`; SELECT 2", "more than one statement"],
    ["INSERT INTO t VALUES (1, 'a') RETURNING id", "RETURNING"],
    ["DELETE FROM t RETURNING id", "RETURNING"],
    ["WITH RECURSIVE n AS (SELECT 1 AS x UNION SELECT x + 1 FROM n WHERE x < 3) SELECT * FROM n", "WITH RECURSIVE"],
    ["INSERT INTO t (id, a) VALUES (1, 'b'), (2, 'c') AS new ON DUPLICATE KEY UPDATE a = new.a", "row alias"],
    ["INSERT INTO t SET id = 1, a = 'b' AS new ON DUPLICATE KEY UPDATE a = new.a", "row alias"],
    ["SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (x INT PATH '$')) j", "JSON_TABLE"],
    ["SELECT * FROM t, LATERAL (SELECT t.id) l", "LATERAL"],
    ["SELECT @n := 1", ":="],
    ["CREATE DATABASE other", "DATABASE"],
    ["/* tidy up */ DROP SCHEMA other", "DATABASE"],
    ["CREATE PROCEDURE p() SELECT 1", "procedures"],
    ["CREATE DEFINER=`root`@`localhost` TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1", "triggers"],
    ["CREATE OR REPLACE TABLE t (id INT)", "CREATE OR REPLACE TABLE"],
    ["LOAD DATA INFILE 'x' INTO TABLE t", "LOAD"],
    ["CALL p()", "CALL"],
    ["SELECT a INTO OUTFILE 'rows.txt' FROM t", "SELECT INTO"],
    ["SELECT 1 /*! INTO OUTFILE 'rows.txt' */", "SELECT INTO"],
    ["", "an empty statement"],
  ])("%s", async (sql, reason) => {
    const error = await databaseErrorOf(stack.client.execute(sql));
    expect(error.message).toMatch(/^VT12001: unsupported: .*\(errno 1235\) \(sqlstate 42000\)$/);
    expect(error.message).toContain(reason);
  });
});

describe("what needs a session of one's own is refused rather than done on somebody else's connection", () => {
  test.each([
    "SET sql_mode = ''",
    "USE mysql",
    "LOCK TABLES t WRITE",
    "SELECT GET_LOCK('a', 1)",
    "SELECT LAST_INSERT_ID()",
  ])("%s", async (sql) => {
    expect((await databaseErrorOf(stack.client.execute(sql))).message).toContain("VT12001");
  });
});

describe("the same words go through where they are no keywords", () => {
  test.each([
    ["SELECT 'INSERT x RETURNING; LATERAL JSON_TABLE( WITH RECURSIVE :=' AS v"],
    ['SELECT "it\'s; /* RETURNING" AS v'],
    ["SELECT 'a''; DROP DATABASE x' AS v"],
    ["SELECT 'a\\'; DROP DATABASE x' AS v"],
    ["SELECT 1 AS `RETURNING; LATERAL`"],
    ["SELECT 1 -- ; LATERAL\n AS v"],
    ["SELECT 1 # ; LATERAL\n AS v"],
    ["/* ; LATERAL */ SELECT 1 AS v"],
    ["SELECT 'a' /* ; */ AS `b``; LATERAL` -- ; RETURNING"],
    ["SELECT '\\\\' AS v, '; LATERAL' AS w"],
    ["(SELECT 1 AS v) UNION (SELECT 2)"],
    ["SELECT 1 AS v;"],
    ["WITH n AS (SELECT 1 AS x) SELECT * FROM n"],
    ["INSERT INTO t (id, a) VALUES (11, CAST((1) AS CHAR)) ON DUPLICATE KEY UPDATE a = VALUES(a)"],
    [
      "INSERT INTO t (id, a) SELECT 12 AS b, (SELECT 'values ()') AS c FROM (SELECT 1) AS d ON DUPLICATE KEY UPDATE a = 'x'",
    ],
    ["REPLACE INTO t (id, a) VALUES (13, 'values () as new on duplicate')"],
    ["CREATE OR REPLACE VIEW seen AS SELECT id FROM t"],
    ["SELECT REPLACE(a, 'event', 'trigger') AS v FROM t"],
    ["EXPLAIN SELECT * FROM t"],
    ["SHOW TABLES"],
  ])("%s", async (sql) => {
    await expect(stack.client.execute(sql)).resolves.toBeDefined();
  });
});
