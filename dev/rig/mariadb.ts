import { createConnection, type Connection } from "mariadb";
import { createDatabase } from "../database.ts";
import { connectorConfig, type MysqlAddress } from "../database/mysql-url.ts";
import { startPrivateServer } from "../database/private-server.ts";
import type { Processes } from "./processes.ts";

/** A private MariaDB that can be killed, frozen and started again on what it has kept. */
export type Mariadb = {
  address: MysqlAddress;
  /** Of the server that runs now. */
  pid: () => number;
  kill: () => Promise<void>;
  /** Starts it again on the same folder and port. */
  restart: () => Promise<void>;
  freeze: () => void;
  thaw: () => void;
  stop: () => Promise<void>;
};

/** `options`: further options of the server. */
export async function startMariadb(
  dataDir: string,
  processes: Processes,
  options: readonly string[] = [],
): Promise<Mariadb> {
  const start = async (login?: Omit<MysqlAddress, "database">) => {
    const server = await startPrivateServer({ dataDir, log: () => undefined, login, server: options });
    processes.watch(server.pid, true);
    return server;
  };
  let server = await start();
  const { login } = server;
  const address = { ...login, database: "notify" };
  await createDatabase(address);
  const signal = (name: NodeJS.Signals) => void process.kill(server.pid, name);
  return {
    address,
    pid: () => server.pid,
    kill: async () => {
      signal("SIGKILL");
      await server.stop();
      processes.watch(server.pid, false);
    },
    restart: async () => {
      server = await start(login);
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    stop: () => server.stop(),
  };
}

/** The database as a witness: asked over its own protocol, past the bridge and all that the Worker uses. */
export type DatabaseWitness = {
  /** Throws while the server is away; the next question opens a connection anew. */
  query: <Row>(sql: string, values?: unknown[]) => Promise<Row[]>;
  close: () => Promise<void>;
};

export function openDatabaseWitness(address: MysqlAddress): DatabaseWitness {
  let opened: Promise<Connection> | undefined;
  const forget = () => {
    opened?.then((connection) => connection.destroy()).catch(() => undefined);
    opened = undefined;
  };
  const open = async (): Promise<Connection> => {
    const connection = await createConnection({ ...connectorConfig(address), timezone: "Z", dateStrings: true });
    connection.on("error", forget);
    return connection;
  };
  return {
    query: async <Row>(sql: string, values: unknown[] = []) => {
      try {
        opened ??= open();
        const connection = await opened;
        return await connection.query<Row[]>(sql, values);
      } catch (error) {
        forget();
        throw error;
      }
    },
    close: async () => {
      const connection = await opened?.catch(() => undefined);
      opened = undefined;
      await connection?.end();
    },
  };
}
