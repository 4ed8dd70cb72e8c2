import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

const DEV_VARS = join(import.meta.dirname, "../../.dev.vars");

/** The URL of the database's HTTP API. Throws with advice where none is named. */
export function chooseDatabase(given: string | undefined): string {
  const kept = () => (existsSync(DEV_VARS) ? parseEnv(readFileSync(DEV_VARS, "utf8"))["DATABASE_URL"] : undefined);
  const url = given ?? process.env["DATABASE_URL"] ?? kept() ?? "";
  if (url === "") throw new Error("No database is named: set DATABASE_URL or give --url (see --help).");
  if (!/^https?:\/\//.test(url)) throw new Error("The database is reached over HTTP: https://USER:PASSWORD@HOST.");
  return url;
}
