import { createConnection } from "mariadb";
import type { Connection, ConnectionConfig } from "mariadb";

/** A database on a server that speaks MySQL's protocol over TCP. */
export type MysqlAddress = { host: string; port: number; user: string; password: string; database: string };

/**
 * Reads `mysql://user:password@host:port/name`; `fallbackName` stands in for a missing name.
 * Throws without repeating the URL, which holds a password.
 */
export function parseMysqlUrl(text: string, fallbackName = ""): MysqlAddress {
  const url = URL.parse(text);
  if (url === null || !["mysql:", "mariadb:"].includes(url.protocol) || url.hostname === "") {
    throw new Error("A MySQL URL has the form mysql://user:password@host:port/name.");
  }
  const database = decodeURIComponent(url.pathname.slice(1)) || fallbackName;
  assertDatabaseName(database);
  return {
    host: url.hostname.replaceAll(/^\[|\]$/g, ""),
    port: url.port === "" ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
  };
}

/** The URL form of an address; the password is in it, so it is not for logs. */
export function formatMysqlUrl({ host, port, user, password, database }: MysqlAddress): string {
  const secret = password === "" ? "" : `:${encodeURIComponent(password)}`;
  const bracketed = host.includes(":") ? `[${host}]` : host;
  return `mysql://${encodeURIComponent(user)}${secret}@${bracketed}:${port}/${database}`;
}

/** What one may show to people: host, port and name. */
export function describeAddress({ host, port, database }: MysqlAddress): string {
  return `${host}:${port}/${database}`;
}

/** What the connector needs to reach an address; `allowPublicKeyRetrieval` is what MySQL 8's default login needs. */
export function connectorConfig({ host, port, user, password, database }: MysqlAddress): ConnectionConfig {
  const config = { host, port, user, password, database, charset: "utf8mb4", connectTimeout: 5000 };
  return { ...config, allowPublicKeyRetrieval: true, logParam: false };
}

/** Runs `work` on one connection to the server, without choosing the address's database, which need not exist. */
export async function withServer<T>(address: MysqlAddress, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { database: _notYet, ...server } = connectorConfig(address);
  const connection = await createConnection(server);
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

/** Throws unless the name is plain enough to stand in SQL and in a URL as it is. */
export function assertDatabaseName(name: string): void {
  if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) {
    throw new Error("A database name is made of 1 to 64 letters, digits and underscores.");
  }
}
