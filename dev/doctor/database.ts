import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@planetscale/database";
import { isAdapterName } from "../../src/domain/adapter-facts.ts";
import { error, good, warning, type Finding, type Settings } from "./finding.ts";

const JOURNAL = join(import.meta.dirname, "../../migrations/meta/_journal.json");

/** What is to be said of the database that the settings name. */
export async function judgeDatabase(settings: Settings): Promise<Finding[]> {
  const { DATABASE_URL: url = "" } = settings;
  if (!/^https?:\/\/[^:@]+:[^@]+@.+/.test(url)) {
    return [error("DATABASE_URL", "is not https://USER:PASSWORD@HOST", "copy it from PlanetScale's Connect page")];
  }
  const client = new Client({ url });
  try {
    await client.execute("SELECT 1");
  } catch {
    return [error("DATABASE_URL", "the database does not answer", "see whether host, user and password are right")];
  }
  return [
    good("DATABASE_URL", "the database answers"),
    ...(await judgeMigrations(client).catch(whyNot("migrations"))),
    ...(await judgeRows(client, settings).catch(whyNot("tables"))),
  ];
}

/** MySQL's number for a table that is not there, and what else keeps the doctor from looking. */
function whyNot(about: string): (cause: unknown) => Finding[] {
  return (cause) => {
    const text = cause instanceof Error ? cause.message : "";
    if (text.includes("(errno 1146)")) return [error(about, "the tables are not there", "npm run db:migrate")];
    const number = /\(errno (\d+)\)/.exec(text)?.[1] ?? "without a number";
    return [error(about, `could not be read: error ${number}`, "see whether this user may read all tables")];
  };
}

async function judgeMigrations(client: Client): Promise<Finding[]> {
  const { rows } = await client.execute<{ last: string | null }>(
    "SELECT MAX(created_at) AS last FROM `__drizzle_migrations`",
  );
  const { entries } = JSON.parse(readFileSync(JOURNAL, "utf8")) as { entries: { when: number }[] };
  const pending = entries.filter(({ when }) => when > Number(rows[0]?.last ?? 0)).length;
  if (pending === 0) return [good("migrations", "all are there")];
  return [error("migrations", `${pending} are not applied`, "npm run db:migrate, before deploying")];
}

async function judgeRows(client: Client, settings: Settings): Promise<Finding[]> {
  const keys = await client.execute(
    "SELECT 1 FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(3)) LIMIT 1",
  );
  const gateways = await client.execute<{ gateway_id: string; adapter: string; account: string }>(
    "SELECT gateway_id, adapter, account FROM gateways WHERE enabled = TRUE AND owner_id = ''",
  );
  const accounts = accountsOf(settings);
  return [
    keys.rows.length > 0
      ? good("keys", "there is one that counts")
      : error("keys", "nobody can come in: there is no key", "npm run keys -- create --name me --scopes admin"),
    gateways.rows.length > 0
      ? good("gateways", `${gateways.rows.length} are enabled`)
      : warning("gateways", "none is enabled", "POST /v1/gateways, or run the INSERTs of migration 0001"),
    ...gateways.rows.flatMap(({ gateway_id, adapter, account }) => [
      ...(isAdapterName(adapter)
        ? []
        : [error(gateway_id, "names an adapter that this version does not have", "change or disable it")]),
      ...(account === "" || accounts.includes(account)
        ? []
        : [error(gateway_id, "names an account that ACCOUNTS does not have", "add the account, or disable it")]),
    ]),
  ];
}

function accountsOf({ ACCOUNTS = "" }: Settings): string[] {
  try {
    return Object.keys(JSON.parse(ACCOUNTS || "{}") as object);
  } catch {
    return [];
  }
}
