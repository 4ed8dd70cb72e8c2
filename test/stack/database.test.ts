import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mariadb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDatabaseBeside, dropDatabase, startDatabase } from "../../dev/database.ts";
import type { LocalDatabase } from "../../dev/database.ts";
import { connectorConfig, parseMysqlUrl } from "../../dev/database/mysql-url.ts";
import { describeProcess, waitUntil } from "../../dev/database/processes.ts";

let dataDir: string;
let lines: string[];
let opened: LocalDatabase[];

beforeEach(async () => {
  // Longer than a Unix socket's path may be: the checkout may lie deep.
  dataDir = join(await mkdtemp(join(tmpdir(), "notify-database-")), "d".repeat(120));
  lines = [];
  opened = [];
});
afterEach(async () => {
  for (const database of opened) await database.stop();
  await rm(join(dataDir, ".."), { recursive: true });
});

/** Starts the private server of this test, whatever MYSQL_URL says. */
async function start(): Promise<LocalDatabase> {
  const database = await startDatabase({ name: "notify", dataDir, log: (line) => lines.push(line), mysqlUrl: "" });
  opened.push(database);
  return database;
}

async function query(url: string, sql: string): Promise<unknown> {
  const connection = await createConnection(connectorConfig(parseMysqlUrl(url)));
  try {
    return await connection.query(sql);
  } finally {
    await connection.end();
  }
}

async function serverPid(): Promise<number> {
  return Number(await readFile(join(dataDir, "data", "server.pid"), "utf8"));
}

function isGone(pid: number): boolean {
  return describeProcess(pid) === undefined;
}

/** Runs a tool of its own that starts the database of `dataDir`, and gives its URL once it is up. */
async function startInOtherProcess(): Promise<{ url: string; tool: number; kill: () => Promise<void> }> {
  const module = new URL("../../dev/database.ts", import.meta.url).href;
  const script = `
    const { startDatabase } = await import(${JSON.stringify(module)});
    const options = { name: "notify", dataDir: ${JSON.stringify(dataDir)}, log: () => undefined, mysqlUrl: "" };
    const { url } = await startDatabase(options);
    process.stdout.write(url + "\\n");
    setInterval(() => undefined, 60_000);`;
  const child = spawn("node", ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const kill = async (): Promise<void> => {
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
  return { url: line.toString().trim(), tool: child.pid ?? 0, kill };
}

describe("the private server", () => {
  test("keeps its data over a restart and leaves no process behind", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept (id INT PRIMARY KEY)");
    await query(first.url, "INSERT INTO kept VALUES (7)");
    const pid = await serverPid();
    await first.stop();
    expect(isGone(pid)).toBe(true);
    const second = await start();
    expect(await query(second.url, "SELECT id FROM kept")).toMatchObject([{ id: 7 }]);
  });

  test("keeps committed rows when it is killed", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept (id INT PRIMARY KEY)");
    await query(first.url, "INSERT INTO kept VALUES (7)");
    const pid = await serverPid();
    process.kill(pid, "SIGKILL");
    await waitUntil(() => isGone(pid), 10_000);
    await first.stop();
    const second = await start();
    expect(await query(second.url, "SELECT id FROM kept")).toMatchObject([{ id: 7 }]);
  });

  test("ends what a killed tool left running, and has its rows", async () => {
    const other = await startInOtherProcess();
    await query(other.url, "CREATE TABLE kept (id INT PRIMARY KEY)");
    await query(other.url, "INSERT INTO kept VALUES (7)");
    const orphan = await serverPid();
    await other.kill();
    expect(isGone(orphan)).toBe(false);
    const second = await start();
    expect(isGone(orphan)).toBe(true);
    expect(await query(second.url, "SELECT id FROM kept")).toMatchObject([{ id: 7 }]);
  });

  test("is not taken from a tool that still runs", async () => {
    const other = await startInOtherProcess();
    try {
      await expect(start()).rejects.toThrow(`in use by process ${other.tool}`);
      expect(await query(other.url, "SELECT 1 AS one")).toMatchObject([{ one: 1 }]);
    } finally {
      const pid = await serverPid();
      await other.kill();
      process.kill(pid, "SIGTERM");
      await waitUntil(() => isGone(pid), 10_000);
    }
  });

  test("never ends a process that only happens to have the old process id", async () => {
    await (await start()).stop();
    const bystander = spawn("node", ["-e", "setInterval(() => undefined, 60_000)"], { stdio: "ignore" });
    try {
      await writeFile(
        join(dataDir, "claim.json"),
        JSON.stringify({ owner: 1, ownerStarted: "x", server: bystander.pid }),
      );
      await writeFile(join(dataDir, "data", "server.pid"), String(bystander.pid));
      await start();
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    } finally {
      bystander.kill("SIGKILL");
    }
  });

  test("shows the end of its log and a way out when it cannot start", async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, "data", "ibdata1"), "no tablespace at all");
    const error = await start().catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/did not start[^]*\[ERROR\][^]*delete .* and start again/);
  });

  test("has production's settings", async () => {
    const { url } = await start();
    const settings = "@@time_zone AS tz, @@character_set_server AS cs, @@sql_mode AS mode, @@bind_address AS address";
    const durable = "@@innodb_flush_log_at_trx_commit AS flush, @@log_bin AS binlog, @@character_set_database AS db";
    // Read without a session's own settings.
    expect(
      await query(url, `SELECT ${settings.replaceAll("@@sql_mode", "@@global.sql_mode")}, ${durable}`),
    ).toMatchObject([
      {
        tz: "+00:00",
        cs: "utf8mb4",
        db: "utf8mb4",
        mode:
          "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE," +
          "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
        address: "127.0.0.1",
        flush: 1n,
        binlog: 0n,
      },
    ]);
  });

  test("lets nobody in without its password", async () => {
    const address = parseMysqlUrl((await start()).url);
    for (const login of [{ password: "" }, { password: "guess" }, { user: "root", password: "" }]) {
      const entering = createConnection(connectorConfig({ ...address, ...login }));
      // ER_ACCESS_DENIED_ERROR, or its variant for an account that no password opens.
      await expect(entering).rejects.toSatisfy(({ errno }: { errno: number }) => [1045, 1698].includes(errno));
    }
  });

  test("never shows its password in a progress line", async () => {
    const { password } = parseMysqlUrl((await start()).url);
    expect(password).toMatch(/^[0-9a-f]{32}$/);
    expect(lines.join("\n")).not.toContain(password);
  });
});

describe("an existing server", () => {
  test("is used, gets the named database, and is left running", async () => {
    const server = await start();
    const mysqlUrl = server.url.replace(/notify$/, `orders_${randomBytes(4).toString("hex")}`);
    const database = await startDatabase({ name: "unused", dataDir, log: () => undefined, mysqlUrl });
    expect({ kind: database.kind, url: database.url }).toStrictEqual({ kind: "existing", url: mysqlUrl });
    await database.stop();
    expect(await query(mysqlUrl, "SELECT @@character_set_database AS cs")).toMatchObject([{ cs: "utf8mb4" }]);
  });

  test("has test databases made beside the named one and dropped again", async () => {
    const server = await start();
    const beside = await createDatabaseBeside(server.url);
    expect(parseMysqlUrl(beside).database).toMatch(/^notify_test_[0-9a-f]{8}$/);
    await query(beside, "CREATE TABLE here (id INT PRIMARY KEY)");
    await dropDatabase(beside);
    await expect(query(beside, "SELECT 1")).rejects.toMatchObject({ errno: 1049 });
  });

  test("never loses a database that is not a test's", async () => {
    const server = await start();
    await expect(dropDatabase(server.url)).rejects.toThrow("Only a test database");
    expect(await query(server.url, "SELECT 1 AS one")).toMatchObject([{ one: 1 }]);
  });
});

test("a starting server leaves the temporary tables of other servers alone", async () => {
  // The name that MariaDB gives to temporary tables, in the folder that servers share unless they are told not to.
  const foreign = join(tmpdir(), `#sql-temptable-${randomBytes(8).toString("hex")}.MAI`);
  await writeFile(foreign, "of another server");
  try {
    await start();
    expect(await readFile(foreign, "utf8")).toBe("of another server");
  } finally {
    await rm(foreign, { force: true });
  }
});
