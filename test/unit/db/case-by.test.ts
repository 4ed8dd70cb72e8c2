import { sql } from "drizzle-orm";
import { MySqlDialect } from "drizzle-orm/mysql-core";
import { expect, test } from "vitest";
import { caseBy } from "../../../src/db/case-by.ts";

type Row = { id: string; value: unknown };

/** The statement's text and its parameters, as the driver gets them. */
function built(rows: Row[]) {
  const { sql: text, params } = new MySqlDialect().sqlToQuery(
    caseBy(
      "id",
      rows,
      (row) => row.id,
      (row) => row.value,
    ),
  );
  return [text, params];
}

const now = sql`UTC_TIMESTAMP(3)`;

test("each row gets its own value, and what most of them share is said once", () => {
  const rows = ["sent", "failed", "sent", "sent"].map((value, index) => ({ id: `d${index}`, value }));
  expect(built(rows)).toEqual(["CASE id WHEN ? THEN ? ELSE ? END", ["d1", "failed", "sent"]]);
});

test("a value that all rows share needs no CASE", () => {
  const rowsOf = (value: unknown): Row[] => ["d0", "d1"].map((id) => ({ id, value }));
  expect(built(rowsOf("sent"))).toEqual(["?", ["sent"]]);
  expect(built(rowsOf(null))).toEqual(["?", [null]]);
  expect(built(rowsOf(now))).toEqual(["UTC_TIMESTAMP(3)", []]);
});

test("SQL is a value like any other", () => {
  const rows = [now, null, now].map((value, index) => ({ id: `d${index}`, value }));
  expect(built(rows)).toEqual(["CASE id WHEN ? THEN ? ELSE UTC_TIMESTAMP(3) END", ["d1", null]]);
});

test("of two rows with one key the first counts", () => {
  const rows = [1, 2, 2].map((value, index) => ({ id: index === 0 ? "d0" : "d1", value }));
  expect(built([...rows, { id: "d0", value: 2 }])).toEqual(["CASE id WHEN ? THEN ? ELSE ? END", ["d1", 2, 1]]);
});
