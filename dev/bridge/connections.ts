import { createConnection, createPool } from "mariadb";
import type { Pool } from "mariadb";
import { connectorConfig, parseMysqlUrl } from "../database/mysql-url.ts";
import { SQL_MODE } from "../database/server-options.ts";
import { MAX_ROWS } from "./results.ts";

/** Statements of their own and transactions draw from different pools, as in Vitess: neither starves the other. */
export type Connections = { autocommit: Pool; transactions: Pool };

const AUTOCOMMIT_CONNECTIONS = 10;
const TRANSACTION_CONNECTIONS = 20;

/** Session settings of production; one row more than allowed is let through, so that the excess shows. */
const SETTINGS = `SET time_zone='+00:00', sql_mode='${SQL_MODE}', sql_select_limit=${MAX_ROWS + 1}`;

/**
 * Opens the pools. Throws if the server or the database cannot be reached; the message names no password.
 */
export async function openConnections(mysqlUrl: string): Promise<Connections> {
  const common = {
    ...connectorConfig(parseMysqlUrl(mysqlUrl)),
    initSql: SETTINGS,
    // CLIENT_FOUND_ROWS: an update counts the rows that it found, changed or not.
    foundRows: true,
    // The values' own bytes, which only the text protocol has.
    typeCast: (column: { buffer: () => Buffer | null }): Buffer | null => column.buffer(),
    rowsAsArray: true,
    metaAsArray: true,
    noControlAfterUse: true,
    minDelayValidation: 5000,
    // In ms: how long a statement waits for a connection.
    acquireTimeout: 30_000,
  };
  // A pool would try for half a minute before it says that the server is not there.
  const probe = await createConnection(common);
  await probe.end();
  return {
    autocommit: createPool({ ...common, connectionLimit: AUTOCOMMIT_CONNECTIONS }),
    transactions: createPool({ ...common, connectionLimit: TRANSACTION_CONNECTIONS, minimumIdle: 1 }),
  };
}
