import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@planetscale/database";
import { DrizzleQueryError } from "drizzle-orm";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { migrate } from "drizzle-orm/planetscale-serverless/migrator";
import { startBridge } from "../bridge/bridge.ts";
import { describeAddress, parseMysqlUrl } from "./mysql-url.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));

export type MigrateOptions = {
  /** `https://user:password@host` of PlanetScale, `http:` of a local bridge, or `mysql:` of any MySQL. */
  databaseUrl: string;
  /** Takes progress lines; none of them holds a password. */
  log: (line: string) => void;
  /** drizzle-kit's output; the project's `migrations/` by default. */
  migrationsFolder?: string;
};

/**
 * Applies what the database does not have yet and gives the number of migrations applied. Always over
 * PlanetScale's HTTP driver, so that a migration which production refuses fails here too.
 */
export async function migrateDatabase(options: MigrateOptions): Promise<number> {
  const { databaseUrl, log, migrationsFolder = MIGRATIONS } = options;
  const protocol = URL.parse(databaseUrl)?.protocol ?? "";
  if (["https:", "http:"].includes(protocol)) {
    return apply(databaseUrl, new URL(databaseUrl).host, migrationsFolder, log);
  }
  if (!["mysql:", "mariadb:"].includes(protocol)) {
    throw new Error("A database URL begins with https:// (PlanetScale) or mysql:// (any MySQL).");
  }
  const place = describeAddress(parseMysqlUrl(databaseUrl));
  const login = { username: "migrate", password: randomBytes(12).toString("hex") };
  const bridge = await startBridge({ mysqlUrl: databaseUrl, port: 0, ...login }).catch((cause: unknown) => {
    throw new Error(`No connection to the database ${place}: ${reasonOf(cause)}`, { cause });
  });
  try {
    return await apply(bridge.url, place, migrationsFolder, log);
  } finally {
    await bridge.stop();
  }
}

async function apply(url: string, place: string, folder: string, log: (line: string) => void): Promise<number> {
  const known = await readJournal(folder);
  const client = new Client({ url });
  try {
    const before = await lastApplied(client);
    const pending = known.filter(({ when }) => when > before);
    log(`${place}: ${known.length - pending.length} of ${known.length} migrations are there`);
    for (const { tag } of pending) log(`  to apply: ${tag}`);
    await migrate(drizzle(client), { migrationsFolder: folder });
    if (pending.length > 0) log(`${place}: ${pending.length} applied`);
    return pending.length;
  } catch (cause) {
    throw new Error(`Migrating ${place} failed: ${reasonOf(cause)}`, { cause });
  }
}

/** drizzle-kit's list of the migrations; `when` in ms is also what the database remembers of each. */
async function readJournal(folder: string): Promise<{ tag: string; when: number }[]> {
  try {
    const text = await readFile(join(folder, "meta", "_journal.json"), "utf8");
    return (JSON.parse(text) as { entries: { tag: string; when: number }[] }).entries;
  } catch (cause) {
    throw new Error(`There are no migrations in ${folder}: write them with npm run db:generate.`, { cause });
  }
}

async function lastApplied(client: Client): Promise<number> {
  try {
    const { rows } = await client.execute("SELECT MAX(created_at) AS last FROM `__drizzle_migrations`");
    return Number((rows[0] as { last: string | null } | undefined)?.last ?? 0);
  } catch (error) {
    if (error instanceof Error && error.message.includes("(errno 1146)")) return 0;
    throw error;
  }
}

/** Says why, and for a failed statement which one; the statements of migrations hold no personal data. */
function reasonOf(error: unknown): string {
  if (error instanceof DrizzleQueryError) return `${reasonOf(error.cause)}\nin: ${error.query.trim().slice(0, 500)}`;
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
