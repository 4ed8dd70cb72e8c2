import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { scratchFolder } from "../support/scratch-folder.ts";
import { startTestBridge, type TestBridge } from "./bridge-kit.ts";
import { copyMigrations, migrationNames } from "./migration-folder.ts";

type Column = { table: string; name: string; type: string; nullable: string; length: number };

let stack: TestBridge;
const folder = scratchFolder("migrations");
/** What a Worker of each version knows: the columns that there were after so many migrations. */
const known = new Map<string, Column[]>();

beforeAll(async () => {
  stack = await startTestBridge();
  const names = await migrationNames();
  for (const [index, name] of names.entries()) {
    const migrationsFolder = await copyMigrations(join(folder.path, name), index + 1);
    await migrateDatabase({ databaseUrl: stack.bridge.url, log: () => undefined, migrationsFolder });
    known.set(name, await columnsNow());
  }
});
afterAll(async () => {
  await stack.stop();
  folder.remove();
});

async function columnsNow(): Promise<Column[]> {
  const { rows } = await stack.client.execute(
    `SELECT table_name AS tbl, column_name AS name, data_type AS type, is_nullable AS nullable,
            COALESCE(character_maximum_length, 0) AS length
       FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name NOT LIKE '\\_\\_%' ORDER BY table_name, ordinal_position`,
  );
  return (rows as Record<string, string>[]).map(({ tbl = "", name = "", type = "", nullable = "", length }) => ({
    table: tbl,
    name,
    type,
    nullable,
    length: Number(length),
  }));
}

/** A value that fits a column, other than every value before it where the type has room for that. */
function valueFor({ type, length }: Column): unknown {
  if (type === "json" || type === "longtext") return "{}";
  if (type === "datetime") return "2026-06-15 12:00:00.000";
  if (type === "varchar" || type === "char") return randomBytes(20).toString("hex").slice(0, length);
  return 1;
}

const versions = await migrationNames();

test.each(versions)("a Worker of the version with %s goes on writing rows after all later migrations", async (name) => {
  const columns = known.get(name) ?? [];
  const tables = [...new Set(columns.map((column) => column.table))];

  for (const table of tables) {
    const its = columns.filter((column) => column.table === table);
    const names = its.map((column) => `\`${column.name}\``).join(", ");
    const { rowsAffected } = await stack.client.execute(
      `INSERT INTO ${table} (${names}) VALUES (${its.map(() => "?").join(", ")})`,
      its.map(valueFor),
    );
    expect(rowsAffected).toBe(1);
  }
});

test.each(versions)("a Worker of the version with %s finds every column that it reads, of its type", async (name) => {
  const now = new Map((await columnsNow()).map((column) => [`${column.table}.${column.name}`, column]));

  for (const column of known.get(name) ?? []) {
    const { type, nullable, length } = now.get(`${column.table}.${column.name}`) ?? column;
    expect(now.has(`${column.table}.${column.name}`)).toBe(true);
    expect({ type, nullable }).toEqual({ type: column.type, nullable: column.nullable });
    expect(length).toBeGreaterThanOrEqual(column.length);
  }
});
