import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabaseBeside, dropDatabase } from "../../dev/database.ts";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { parseMysqlUrl } from "../../dev/database/mysql-url.ts";
import { startTestBridge, tableName } from "./bridge-kit.ts";
import type { TestBridge } from "./bridge-kit.ts";

const run = promisify(execFile);
let stack: TestBridge;
let folder: string;

beforeAll(async () => {
  stack = await startTestBridge();
  folder = await mkdtemp(join(tmpdir(), "notify-migrations-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await stack.stop();
});

/** Writes migrations as drizzle-kit does, and gives their folder. */
async function writeMigrations(...files: string[]): Promise<string> {
  const out = join(folder, tableName("set"));
  await mkdir(join(out, "meta"), { recursive: true });
  const entries = files.map((_, idx) => ({
    idx,
    version: "5",
    when: 1_000 + idx,
    tag: `000${idx}_step`,
    breakpoints: true,
  }));
  await writeFile(join(out, "meta", "_journal.json"), JSON.stringify({ version: "7", dialect: "mysql", entries }));
  await Promise.all(files.map(async (sql, idx) => writeFile(join(out, `000${idx}_step.sql`), sql)));
  return out;
}

/** Runs `work` with the URL of an empty database. */
async function withEmptyDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const url = await createDatabaseBeside(stack.mysqlUrl);
  try {
    await work(url);
  } finally {
    await dropDatabase(url);
  }
}

describe("migrateDatabase", () => {
  test("applies what is missing, once, over the HTTP driver as well as over a mysql URL", async () => {
    const table = tableName("made");
    const first = `CREATE TABLE ${table} (id INT PRIMARY KEY);\n--> statement-breakpoint\nINSERT INTO ${table} VALUES (1);`;
    const migrationsFolder = await writeMigrations(first);
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    expect(await migrateDatabase({ databaseUrl: stack.bridge.url, log, migrationsFolder })).toBe(1);
    expect(await migrateDatabase({ databaseUrl: stack.mysqlUrl, log, migrationsFolder })).toBe(0);
    const more = await writeMigrations(first, `INSERT INTO ${table} VALUES (2);`);
    expect(await migrateDatabase({ databaseUrl: stack.mysqlUrl, log, migrationsFolder: more })).toBe(1);
    expect((await stack.client.execute(`SELECT id FROM ${table} ORDER BY id`)).rows).toStrictEqual([
      { id: 1 },
      { id: 2 },
    ]);
    const { password } = parseMysqlUrl(stack.mysqlUrl);
    expect(lines.join("\n")).not.toMatch(new RegExp(`secret|${password || "secret"}`));
  });

  test("names the statement that fails and why", async () => {
    const migrationsFolder = await writeMigrations("ALTER TABLE no_such_table ADD COLUMN x INT;");
    await withEmptyDatabase(async (databaseUrl) => {
      const failing = migrateDatabase({ databaseUrl, log: () => undefined, migrationsFolder });
      await expect(failing).rejects.toThrow(/errno 1146[^]*ALTER TABLE no_such_table/);
    });
  });

  test("refuses what production refuses", async () => {
    const migrationsFolder = await writeMigrations("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;");
    await withEmptyDatabase(async (databaseUrl) => {
      const failing = migrateDatabase({ databaseUrl, log: () => undefined, migrationsFolder });
      await expect(failing).rejects.toThrow("VT12001");
    });
  });

  test("says so when there are no migrations", async () => {
    const options = { databaseUrl: stack.mysqlUrl, log: () => undefined, migrationsFolder: join(folder, "nowhere") };
    await expect(migrateDatabase(options)).rejects.toThrow("There are no migrations");
  });
});

describe("npm run db:migrate", () => {
  const script = new URL("../../dev/migrate.ts", import.meta.url).pathname;
  const migrate = async (args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> => {
    const clean = { ...process.env, MYSQL_URL: "", DATABASE_URL: "", ...env };
    return run("node", [script, ...args], { env: clean }).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      (error: { code: number; stderr: string }) => ({ code: error.code, output: error.stderr }),
    );
  };

  test("brings an empty database to the project's schema", async () => {
    await withEmptyDatabase(async (url) => {
      expect(await migrate(["--url", url])).toMatchObject({ code: 0 });
      expect(await migrate([], { MYSQL_URL: url })).toMatchObject({ code: 0 });
    });
  });

  test("fails with one clear sentence and without the password", async () => {
    const { code, output } = await migrate(["--url", "mysql://notify:hidden-word@127.0.0.1:1/none"]);
    expect(code).toBe(1);
    expect(output).toMatch(/^No connection to the database 127\.0\.0\.1:1\/none: /);
    expect(output).not.toMatch(/hidden-word|\n {4}at /);
  });

  test("does not guess between two databases", async () => {
    const both = { MYSQL_URL: "mysql://a@127.0.0.1:1/a", DATABASE_URL: "https://a:b@example.invalid" };
    expect(await migrate([], both)).toMatchObject({ code: 1, output: expect.stringContaining("--url") as string });
  });

  test("explains itself", async () => {
    expect(await migrate(["--help"])).toMatchObject({ code: 0, output: expect.stringContaining("--url") as string });
  });
});
