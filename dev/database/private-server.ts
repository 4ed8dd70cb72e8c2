import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { open, readFile, rm, writeFile } from "node:fs/promises";
import { findFreePort } from "../free-port.ts";
import { claimDataFolder, noteServer, openDataFolder, releaseDataFolder, startupError } from "./data-folder.ts";
import type { DataFolder } from "./data-folder.ts";
import { findOrInstallMariadb } from "./mariadb-binary.ts";
import type { MysqlAddress } from "./mysql-url.ts";
import { withServer } from "./mysql-url.ts";
import { waitUntil } from "./processes.ts";
import { serverOptions } from "./server-options.ts";
import { createSystemTables } from "./system-tables.ts";

export type PrivateServer = { login: Login; pid: number; stop: () => Promise<void> };

/** Where a private server is reached, and by whom. */
export type Login = Omit<MysqlAddress, "database">;

type Running = { child: ChildProcess; login: Login };

/**
 * Starts a MariaDB on its own data folder and a free port of 127.0.0.1, with a password that is new each
 * time; with `login`, where and for whom another one was before. Throws with the end of its error log if it
 * does not come up, or if another process uses the folder.
 */
export async function startPrivateServer(options: {
  dataDir: string;
  log: (line: string) => void;
  login?: Login | undefined;
  /** Further options of the server, which win over our own. */
  server?: readonly string[] | undefined;
}): Promise<PrivateServer> {
  const folder = await openDataFolder(options.dataDir);
  const server = [...serverOptions(), ...(options.server ?? [])];
  const binary = await findOrInstallMariadb(options.log);
  await claimDataFolder(folder, options.log);
  try {
    await createSystemTables(binary, folder, server);
    const running = await startOnFreePort(binary, folder, server, options.login);
    await rm(folder.initSql, { force: true });
    return serve(folder, running);
  } catch (error) {
    releaseDataFolder(folder);
    throw error;
  }
}

/** A port that was free a moment ago may be taken by now, so another one is tried, twice. */
async function startOnFreePort(
  binary: string,
  folder: DataFolder,
  server: readonly string[],
  login?: Login,
): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
    const running = await start(binary, folder, server, login ?? (await newLogin()));
    if (await comesUp(running)) return running;
    await end(running.child);
    const portTaken = (await readFile(folder.errorLog, "utf8")).includes("Bind on TCP/IP port");
    if (!portTaken || attempt === 3) throw await startupError("MariaDB did not start", folder);
  }
}

async function newLogin(): Promise<Login> {
  const port = await findFreePort();
  return { host: "127.0.0.1", port, user: "notify", password: randomBytes(16).toString("hex") };
}

async function start(binary: string, folder: DataFolder, server: readonly string[], login: Login): Promise<Running> {
  await writeFile(folder.initSql, initSql(login), { mode: 0o600 });
  const log = await open(folder.errorLog, "w", 0o600);
  try {
    // The relative socket path lies in the data folder and stays below the 107 bytes that a socket may have.
    // A starting server clears its tmpdir of temporary tables: in the system's one they could be another server's.
    const places = [
      `--datadir=${folder.files}`,
      `--tmpdir=${folder.root}`,
      "--pid-file=server.pid",
      "--socket=server.sock",
    ];
    const net = ["--bind-address=127.0.0.1", `--port=${login.port}`, `--init-file=${folder.initSql}`];
    const args = ["--no-defaults", ...server, ...places, ...net];
    // Detached: Ctrl-C reaches the tool only, which then stops the server in its own order.
    const child = spawn(binary, args, { stdio: ["ignore", log.fd, log.fd], detached: true });
    if (child.pid === undefined) await once(child, "spawn");
    else noteServer(folder, child.pid);
    return { child, login };
  } finally {
    await log.close();
  }
}

/** Everything but FILE, which would let SQL read and write files as the server's user. One statement per line. */
function initSql({ user, host, password }: Login): string {
  const account = `'${user}'@'${host}'`;
  return [
    `CREATE OR REPLACE USER ${account} IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO ${account};`,
    `REVOKE FILE ON *.* FROM ${account};\n`,
  ].join("\n");
}

/** True once the server answers, false if it ended or took longer than a long recovery would. */
async function comesUp({ child, login }: Running): Promise<boolean> {
  const answers = async (): Promise<boolean> =>
    withServer({ ...login, database: "" }, async (connection) => connection.ping()).then(
      () => true,
      () => false,
    );
  const settled = await waitUntil(async () => hasEnded(child) || (await answers()), 120_000);
  return settled && !hasEnded(child);
}

function serve(folder: DataFolder, { child, login }: Running): PrivateServer {
  const endWithTool = (): void => void child.kill("SIGTERM");
  process.once("exit", endWithTool);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    process.off("exit", endWithTool);
    await end(child);
    releaseDataFolder(folder);
  };
  return { login, pid: child.pid ?? 0, stop: async () => (stopped ??= stop()) };
}

/** SIGTERM is MariaDB's clean shutdown; SIGKILL only after 30 s, since the data survives that too. */
async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
  await exit;
  clearTimeout(late);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
