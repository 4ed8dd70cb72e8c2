import { randomBytes } from "node:crypto";
import { startPrivateServer } from "./database/private-server.ts";
import {
  assertDatabaseName,
  describeAddress,
  formatMysqlUrl,
  parseMysqlUrl,
  withServer,
} from "./database/mysql-url.ts";
import type { MysqlAddress } from "./database/mysql-url.ts";

/** A database to develop against; `url` is `mysql://user:password@host:port/name`. */
export type LocalDatabase = {
  url: string;
  /** `private`: a MariaDB that was started for this; `existing`: a server that was there before. */
  kind: "private" | "existing";
  /** Ends a private server and keeps its data; leaves an existing one alone. */
  stop: () => Promise<void>;
};

export type DatabaseOptions = {
  /** Name of the database, created in utf8mb4 if it is missing. A name in `mysqlUrl` wins over it. */
  name: string;
  /** Folder of the private server's data, made if missing. Its data outlives restarts. */
  dataDir: string;
  /** Takes progress lines. */
  log: (line: string) => void;
  /** An existing MySQL 8.4+ or MariaDB; by default that of MYSQL_URL. Empty: a private server. */
  mysqlUrl?: string;
};

/** Uses the server that MYSQL_URL names, else starts a private MariaDB on a free loopback port. */
export async function startDatabase(options: DatabaseOptions): Promise<LocalDatabase> {
  const { name, dataDir, log, mysqlUrl = process.env["MYSQL_URL"] ?? "" } = options;
  assertDatabaseName(name);
  if (mysqlUrl !== "") {
    const address = parseMysqlUrl(mysqlUrl, name);
    const version = await createDatabase(address);
    log(`Using the database ${describeAddress(address)} (${version})`);
    return { url: formatMysqlUrl(address), kind: "existing", stop: async () => undefined };
  }
  const server = await startPrivateServer({ dataDir, log });
  const address = { ...server.login, database: name };
  try {
    log(`MariaDB is ready at ${describeAddress(address)} (${await createDatabase(address)})`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: formatMysqlUrl(address), kind: "private", stop: server.stop };
}

/** Makes an empty database on the same server, named `<name>_test_<suffix>`, and gives its URL. */
export async function createDatabaseBeside(url: string, suffix = randomBytes(4).toString("hex")): Promise<string> {
  const beside = parseMysqlUrl(url);
  const address = { ...beside, database: `${beside.database}_test_${suffix}` };
  assertDatabaseName(address.database);
  await createDatabase(address);
  return formatMysqlUrl(address);
}

/** Drops a database that `createDatabaseBeside` made; any other is refused, so that no slip costs somebody's data. */
export async function dropDatabase(url: string): Promise<void> {
  const address = parseMysqlUrl(url);
  if (!address.database.includes("_test_")) {
    throw new Error(`Only a test database is dropped, and ${address.database} is none.`);
  }
  await withServer(address, async (connection) => connection.query(`DROP DATABASE IF EXISTS \`${address.database}\``));
}

/** Creates the database if it is missing and gives the server's version. */
export async function createDatabase(address: MysqlAddress): Promise<string> {
  return withServer(address, async (connection) => {
    const version = connection.serverVersion();
    // MySQL's default collation ignores case and accents, and does not pad; this is MariaDB's nearest.
    const collation = /mariadb/i.test(version) ? "COLLATE utf8mb4_unicode_520_nopad_ci" : "";
    const database = `\`${address.database}\``;
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4 ${collation}`);
    return version;
  });
}
