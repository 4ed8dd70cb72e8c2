import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const USUAL_FOLDERS = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/opt/homebrew/bin",
  "/opt/homebrew/opt/mariadb/bin",
  "/usr/local/opt/mariadb/bin",
  "/home/linuxbrew/.linuxbrew/bin",
];

/** Path of a MariaDB server program, installed from the system's packages if there is none. */
export async function findOrInstallMariadb(log: (line: string) => void): Promise<string> {
  const found = await findMariadb();
  if (found !== undefined) return found;
  log("No MariaDB server was found");
  await installMariadb(log);
  const installed = await findMariadb();
  if (installed === undefined) throw new Error(`The package is there, but no mariadbd in PATH or ${USUAL_FOLDERS[0]}.`);
  return installed;
}

/** Path of `mariadbd` or of a `mysqld` that is one; MySQL's own `mysqld` is passed over, as it is started differently. */
async function findMariadb(): Promise<string | undefined> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...USUAL_FOLDERS].filter((folder) => folder !== "");
  for (const name of ["mariadbd", "mysqld"]) {
    for (const folder of new Set(folders)) {
      const path = join(folder, name);
      if ((await isExecutable(path)) && /mariadb/i.test((await run(path, ["--no-defaults", "--version"])).stdout)) {
        return path;
      }
    }
  }
  return undefined;
}

async function installMariadb(log: (line: string) => void): Promise<void> {
  if (await isInPath("apt-get")) {
    await installWithApt(log);
  } else if (await isInPath("brew")) {
    await runLogged(log, ["brew", "install", "mariadb"]);
  } else {
    throw cannotInstall(
      "Install MariaDB's server from your system's packages (for example: dnf install mariadb-server)",
    );
  }
}

async function installWithApt(log: (line: string) => void): Promise<void> {
  const root = process.getuid?.() === 0;
  const asRoot = root ? [] : ["sudo", "-n"];
  const advice = "Run: sudo apt-get update && sudo apt-get install -y mariadb-server-core";
  if (!root && !(await succeeds("sudo", ["-n", "true"]))) throw cannotInstall(advice);
  await runLogged(log, [...asRoot, "apt-get", "update"]);
  const listed = await run("apt-cache", ["search", "--names-only", "^mariadb-server-core(-[0-9.]+)?$"]);
  // Before Debian 12 and Ubuntu 24.04 the package carries the version in its name.
  const name = listed.stdout.split(/\s/)[0];
  if (name === undefined || name === "") throw cannotInstall(advice);
  const install = [
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "install",
    "-y",
    "--no-install-recommends",
    // A MySQL server that stands in the way stays: use it by MYSQL_URL.
    "--no-remove",
    name,
  ];
  await runLogged(log, [...asRoot, ...install]);
}

async function runLogged(log: (line: string) => void, command: string[]): Promise<void> {
  const [program = "", ...args] = command;
  log(`Running: ${command.join(" ")}`);
  try {
    await run(program, args, { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    throw cannotInstall(`Run it by hand to see why it failed: ${command.join(" ")}`, error);
  }
}

function cannotInstall(advice: string, cause?: unknown): Error {
  const message = `MariaDB is needed and could not be installed. ${advice}. Or set MYSQL_URL to a server you have.`;
  return new Error(message, { cause });
}

async function isInPath(program: string): Promise<boolean> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = await Promise.all(folders.map((folder) => isExecutable(join(folder, program))));
  return found.includes(true);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function succeeds(program: string, args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}
