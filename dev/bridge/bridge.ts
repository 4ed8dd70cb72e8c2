import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { openConnections } from "./connections.ts";
import { parseCloseRequest, parseExecuteRequest, readBody } from "./requests.ts";
import { createSessions, newSession } from "./sessions.ts";
import type { Sessions } from "./sessions.ts";
import { RequestFault } from "./wire.ts";
import { within } from "./within.ts";

const SERVICE = "/psdb.v1alpha1.Database/";
/** Production's limit of a transaction, in ms (planetscale.com/docs, "System limits"). */
const TRANSACTION_TIMEOUT_MS = 20_000;
/** How long a stop waits for open transactions to be rolled back, in ms. */
const ROLLBACK_MS = 2000;

export type BridgeOptions = {
  /** `mysql://user:password@host:port/name`: the MySQL or MariaDB behind the bridge. */
  mysqlUrl: string;
  /** Port on 127.0.0.1; 0 is any free one. */
  port: number;
  /** Letters, digits, `-`, `.`, `_` and `~` only: the driver does not decode what a URL would have to encode. */
  username: string;
  password: string;
  /** How long a transaction may take, in ms; 20 s as in production by default. */
  transactionTimeoutMs?: number;
  /** CLIENT_FOUND_ROWS, as by default: an update counts the rows that it found, and otherwise those that it changed. */
  foundRows?: boolean;
};

export type Bridge = {
  /** `http://user:password@127.0.0.1:port`, for `new Client({ url })`. */
  url: string;
  /** How many statements have come in so far: what each costs in production is a round trip. */
  statements: () => number;
  /**
   * Ends what runs, rolls back what is open and closes everything, within a few seconds even if the database no longer
   * answers. Clients find their connections closed.
   */
  stop: () => Promise<void>;
};

/**
 * Serves PlanetScale's HTTP API in front of a MySQL or MariaDB, on the loopback interface only.
 * Throws if the database cannot be reached or the port is taken.
 */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const {
    mysqlUrl,
    port,
    username,
    password,
    transactionTimeoutMs = TRANSACTION_TIMEOUT_MS,
    foundRows = true,
  } = options;
  if (![username, password].every((part) => /^[\w.~-]+$/.test(part))) {
    throw new Error("The bridge's user name and password are made of letters, digits, '-', '.', '_' and '~'.");
  }
  const connections = await openConnections(mysqlUrl, { foundRows });
  const sessions = createSessions(connections, transactionTimeoutMs);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  let count = 0;
  const server = createServer((request, response) => {
    if (request.url === `${SERVICE}Execute`) count += 1;
    void respond(request, response, authorization, sessions);
  });
  // Connections are kept for as long as clients like; opening one costs more than most statements.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.maxRequestsPerSocket = 0;

  const close = async (): Promise<void> => {
    await within(ROLLBACK_MS, sessions.stop());
    await Promise.all([connections.autocommit.close(), connections.transactions.close()]);
  };
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    await close();
    throw error;
  }
  const address = server.address();
  const taken = address !== null && typeof address === "object" ? address.port : port;
  const stop = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await close();
    await closed;
  };
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${username}:${password}@127.0.0.1:${taken}`,
    statements: () => count,
    stop: async () => (stopped ??= stop()),
  };
}

/** Answers a request; never rejects. */
async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  authorization: string,
  sessions: Sessions,
): Promise<void> {
  try {
    const body = await readBody(request);
    if (request.headers.authorization !== authorization) {
      throw new RequestFault(401, "unauthenticated", "invalid authorization credentials");
    }
    send(response, 200, await handle(request, body, sessions));
  } catch (error) {
    if (error instanceof RequestFault) {
      send(response, error.status, { error: { code: error.code, message: error.message } });
    } else {
      // A bug here, or a client that went away in the middle; no statement text may get into the message.
      const name = error instanceof Error ? error.name : "unknown";
      send(response, 500, { error: { code: "internal", message: `the local bridge failed: ${name}` } });
    }
  }
}

async function handle(request: IncomingMessage, body: string, sessions: Sessions): Promise<object> {
  if (request.method !== "POST") throw new RequestFault(405, "unimplemented", "only POST is answered");
  switch (request.url) {
    case `${SERVICE}Execute`: {
      const { query, session } = parseExecuteRequest(body);
      const began = performance.now();
      const answer = await sessions.execute(query, session);
      return { ...answer, timing: (performance.now() - began) / 1000 };
    }
    case `${SERVICE}CreateSession`:
      return { branch: "local", user: { username: "local", psid: "local", role: "admin" }, session: newSession() };
    case `${SERVICE}CloseSession`: {
      const session = parseCloseRequest(body);
      if (session !== null) await sessions.close(session);
      return {};
    }
    default:
      throw new RequestFault(404, "unimplemented", "no such method");
  }
}

function send(response: ServerResponse, status: number, message: object): void {
  const text = JSON.stringify(message);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}
