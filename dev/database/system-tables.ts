import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { startupError } from "./data-folder.ts";
import type { DataFolder } from "./data-folder.ts";

const run = promisify(execFile);

/** The scripts that make a server's own tables, under their two generations of names. */
const SCRIPTS = ["system_tables", "performance_tables", "system_tables_data"];
const PREFIXES = ["mysql_", "mariadb_"];

/**
 * Fills a new data folder with the server's own tables, by feeding the package's scripts to `--bootstrap`:
 * Debian's `mariadb-install-db` does the same, but needs a program of another package.
 */
export async function createSystemTables(binary: string, folder: DataFolder, options: string[]): Promise<void> {
  if (existsSync(folder.files)) return;
  const script = await readScripts(binary);
  const unfinished = `${folder.files}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const log = await open(folder.errorLog, "w", 0o600);
  try {
    const places = [`--datadir=${unfinished}`, `--tmpdir=${folder.root}`];
    const args = ["--no-defaults", "--bootstrap", ...options, ...places, "--enforce-storage-engine="];
    const child = spawn(binary, args, { stdio: ["pipe", log.fd, log.fd] });
    const exit = once(child, "exit");
    // A server that ends early closes its input; its exit code then tells the story.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(script);
    const [code] = await exit;
    if (code !== 0) throw await startupError("MariaDB could not prepare its data folder", folder);
    await rename(unfinished, folder.files);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  } finally {
    await log.close();
  }
}

async function readScripts(binary: string): Promise<string> {
  const share = await findShareFolder(binary);
  const texts = await Promise.all(
    SCRIPTS.map(async (name) => {
      const path = PREFIXES.map((prefix) => join(share, `${prefix}${name}.sql`)).find((file) => existsSync(file));
      if (path === undefined)
        throw new Error(`MariaDB's package has no ${name}.sql in ${share}; set MYSQL_URL instead.`);
      return readFile(path, "utf8");
    }),
  );
  // With @auth_root_socket set, only the machine's own root may be the server's root, by its private socket.
  return ["create database mysql;", "use mysql;", "set @auth_root_socket='root';", ...texts].join("\n");
}

async function findShareFolder(binary: string): Promise<string> {
  const { stdout } = await run(binary, ["--no-defaults", "--verbose", "--help"], { maxBuffer: 16 * 1024 * 1024 });
  const charsets = /^character-sets-dir\s+(\S.*?)\/?\s*$/m.exec(stdout)?.[1];
  if (charsets === undefined) throw new Error("MariaDB does not say where its files are; set MYSQL_URL instead.");
  return dirname(charsets);
}
