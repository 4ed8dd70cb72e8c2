import { createConnection } from "mariadb";
import { connectorConfig, parseMysqlUrl } from "../database/mysql-url.ts";
import type { MysqlAddress } from "../database/mysql-url.ts";
import { SQL_MODE } from "../database/server-options.ts";
import { GuardedSocket } from "./guarded-socket.ts";
import { repairColumnReader } from "./long-names.ts";
import { createPool } from "./pool.ts";
import type { Link, Pool } from "./pool.ts";
import { MAX_ROWS } from "./results.ts";
import { DatabaseFault, readSqlFailure } from "./sql-errors.ts";
import { within } from "./within.ts";

/** Statements of their own and transactions draw from different pools, as in Vitess: neither starves the other. */
export type Connections = { autocommit: Pool; transactions: Pool };

const AUTOCOMMIT_CONNECTIONS = 10;
const TRANSACTION_CONNECTIONS = 20;
/** How long a statement waits for a connection while all are taken, in ms. */
const WAIT_MS = 30_000;
/** How long killing what runs may take, in ms. */
const KILL_MS = 2000;

/** MySQL's own numbers for a server that is not there and for a connection that broke. */
const CANNOT_CONNECT = 2002;
const CONNECTION_LOST = 2013;

/** Session settings of production; one row more than allowed is let through, so that the excess shows. */
const SETTINGS = `SET time_zone='+00:00', sql_mode='${SQL_MODE}', sql_select_limit=${MAX_ROWS + 1}`;

/**
 * Makes the pools. Throws if the server or the database cannot be reached; the message names no password.
 */
export async function openConnections(mysqlUrl: string, { foundRows }: { foundRows: boolean }): Promise<Connections> {
  repairColumnReader();
  const address = parseMysqlUrl(mysqlUrl);
  const open = async (): Promise<Link> => openLink(address, foundRows);
  const kill = async (links: Link[]): Promise<void> => within(KILL_MS, killAll(open, links));
  const pool = (limit: number): Pool => createPool({ limit, waitMs: WAIT_MS, open, kill });
  const connections = { autocommit: pool(AUTOCOMMIT_CONNECTIONS), transactions: pool(TRANSACTION_CONNECTIONS) };
  connections.autocommit.release(await connections.autocommit.acquire());
  return connections;
}

async function openLink(address: MysqlAddress, foundRows: boolean): Promise<Link> {
  const { host, port } = address;
  const socket = new GuardedSocket();
  try {
    const connection = await createConnection({
      ...connectorConfig(address),
      initSql: SETTINGS,
      foundRows,
      rowsAsArray: true,
      metaAsArray: true,
      stream: (callback) => {
        socket.setNoDelay(true).connect(port, host);
        callback(undefined, socket);
      },
    });
    // Without a listener, the connector would throw what befalls an idle connection into the event loop.
    connection.on("error", () => undefined);
    const cut = (): void => void socket.destroy(new DatabaseFault(CONNECTION_LOST, "the connection was cut"));
    return { connection, cut };
  } catch (error) {
    socket.destroy();
    const errno = readSqlFailure(error)?.errno ?? 0;
    // What the server itself says is kept: a wrong password, a missing database, too many connections.
    if (errno > 0 && errno < 45_000) throw error;
    throw new DatabaseFault(CANNOT_CONNECT, "cannot connect to the database", { cause: error });
  }
}

/** The server goes on with a statement whose client has left, unless it is told to stop. */
async function killAll(open: () => Promise<Link>, links: Link[]): Promise<void> {
  const { connection } = await open();
  for (const { connection: target } of links) {
    // One that has ended meanwhile is an error (1094), and just as well.
    await connection.query(`KILL ${Number(target.threadId)}`).catch(() => undefined);
  }
  await connection.end();
}
