import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs, parseEnv } from "node:util";
import { migrateDatabase } from "./database/migrations.ts";

const HELP = `Applies the migrations in migrations/ that the database does not have yet.

  npm run db:migrate                                      to the database that the environment names
  npm run db:migrate -- --url mysql://user:pass@host/name to a MySQL or MariaDB
  npm run db:migrate -- --url https://user:pass@host      to PlanetScale

Without --url: MYSQL_URL or DATABASE_URL from the environment, whichever is set, else DATABASE_URL in .dev.vars.
A production branch of PlanetScale with safe migrations refuses this: apply to a branch, then open a deploy request.`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: "string" }, help: { type: "boolean", short: "h" } } });
  if (values.help === true) return console.log(HELP);
  await migrateDatabase({ databaseUrl: chooseUrl(values.url), log: console.log });
}

/** Picks the database; throws with advice if none, or more than one, could be meant. */
function chooseUrl(given: string | undefined): string {
  if (given !== undefined) return given;
  const named = [process.env["MYSQL_URL"], process.env["DATABASE_URL"]].filter(
    (url) => url !== undefined && url !== "",
  );
  if (named.length > 1) throw new Error("Both MYSQL_URL and DATABASE_URL are set: say which one with --url.");
  const devVars = fileURLToPath(new URL("../.dev.vars", import.meta.url));
  const url = named[0] ?? (existsSync(devVars) ? parseEnv(readFileSync(devVars, "utf8"))["DATABASE_URL"] : undefined);
  if (url === undefined) throw new Error("No database is named: set DATABASE_URL or give --url (see --help).");
  return url;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
