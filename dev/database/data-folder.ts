import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describeProcess, waitUntil } from "./processes.ts";

/** The folder of one private server: `files` is what the server owns, the rest is ours. */
export type DataFolder = { root: string; files: string; errorLog: string; initSql: string };

/** Who uses a data folder: the tool that took it, and the server that the tool started. */
type Claim = { owner: number; ownerStarted: string; server?: number };

/** Makes the folder, readable by its owner only, and gives the places in it. */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  const root = resolve(dataDir);
  await mkdir(root, { recursive: true, mode: 0o700 });
  return {
    root,
    files: join(root, "data"),
    errorLog: join(root, "error.log"),
    initSql: join(root, "init.sql"),
  };
}

/**
 * Takes the folder for this process. A server that a killed tool left behind on this very folder is
 * ended first; a folder whose owner still runs is refused.
 */
export async function claimDataFolder(folder: DataFolder, log: (line: string) => void): Promise<void> {
  const old = readClaim(folder);
  if (old !== undefined && describeProcess(old.owner)?.started === old.ownerStarted) {
    throw new Error(
      `The database in ${folder.root} is in use by process ${old.owner}. End that one first, or use another folder.`,
    );
  }
  for (const pid of [old?.server, readPidFile(folder)]) {
    if (pid !== undefined && isServerOf(folder, pid)) await endLeftover(folder, pid, log);
  }
  rmSync(claimPath(folder), { force: true });
  // Of two tools that start at the very same moment one fails here, or later at the lock on the server's files.
  const claim = { owner: process.pid, ownerStarted: describeProcess(process.pid)?.started ?? "" };
  writeFileSync(claimPath(folder), JSON.stringify(claim), { flag: "wx", mode: 0o600 });
}

/** Notes the server's process id, for whoever comes after a crash. Synchronous, to leave no gap after the start. */
export function noteServer(folder: DataFolder, server: number): void {
  const claim = readClaim(folder);
  if (claim !== undefined) writeFileSync(claimPath(folder), JSON.stringify({ ...claim, server }));
}

/** Gives the folder back. */
export function releaseDataFolder(folder: DataFolder): void {
  rmSync(claimPath(folder), { force: true });
}

/** Says what failed, with the end of the server's error log and what can be done. */
export async function startupError(what: string, folder: DataFolder): Promise<Error> {
  const end = (await readFile(folder.errorLog, "utf8")).trimEnd().split("\n").slice(-15).join("\n");
  return new Error(
    `${what}. The end of ${folder.errorLog}:\n${end}\n` +
      `If its data may go, delete ${folder.root} and start again; or set MYSQL_URL to a server you have.`,
  );
}

async function endLeftover(folder: DataFolder, pid: number, log: (line: string) => void): Promise<void> {
  log(`Ending the MariaDB that an earlier run left behind (process ${pid})`);
  process.kill(pid, "SIGTERM");
  const gone = (): boolean => !isServerOf(folder, pid);
  if (await waitUntil(gone, 20_000)) return;
  process.kill(pid, "SIGKILL");
  if (!(await waitUntil(gone, 5000))) throw new Error(`The MariaDB of ${folder.root}, process ${pid}, does not end.`);
}

function isServerOf(folder: DataFolder, pid: number): boolean {
  return describeProcess(pid)?.command.includes(` --datadir=${folder.files} `) ?? false;
}

function readClaim(folder: DataFolder): Claim | undefined {
  const text = readIfThere(claimPath(folder));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Claim);
  } catch {
    // Half-written by a tool that was killed; the server's own pid file is looked at as well.
    return undefined;
  }
}

function readPidFile(folder: DataFolder): number | undefined {
  const pid = Number(readIfThere(join(folder.files, "server.pid")) ?? Number.NaN);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function claimPath(folder: DataFolder): string {
  return join(folder.root, "claim.json");
}
