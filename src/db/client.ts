import { cast, Client, type Connection, type ExecutedQuery } from "@planetscale/database";
import type { SQL } from "drizzle-orm";
import { Outage } from "../domain/outage.ts";
import { isRolledBack, isServerTrouble } from "./errors.ts";

/** Who takes statements: the database, or a transaction of it. */
export type Statements = {
  /** Sends one statement; a row of its answer has its columns by their names, as the driver reads them. */
  execute: (statement: SQL) => Promise<ExecutedQuery>;
};

/** The database, over PlanetScale's HTTP protocol. */
export type Db = Statements & {
  /** All or nothing. `work` may be done more than once: a deadlock undoes it whole. Not for hot paths. */
  transaction: <T>(work: (within: Statements) => Promise<T>) => Promise<T>;
  $client: Client;
};

export type DbOptions = {
  /** `https://user:password@host` (PlanetScale), or `http://…` for the local bridge. */
  databaseUrl: string;
  /** Longest wait for one statement's answer, in ms. */
  timeoutMs: number;
  fetch: typeof fetch;
  /** Hears of each statement that is sent, repeats included. */
  onStatement?: (() => void) | undefined;
};

/** A statement that lost a deadlock is repeated on the spot this many times at most. */
const REPEATS = 3;

/** The first repeat comes within this time, in ms, the next within twice as much: those who collided part. */
const REPEAT_WITHIN_MS = 25;

/**
 * Opens the database over PlanetScale's HTTP protocol. Opening costs nothing: each statement is a request.
 * Statements throw `Outage` when the answer is not known, the driver's error otherwise.
 */
export function createDb(options: DbOptions): Db {
  const client = new RepeatingClient(options);
  return {
    $client: client,
    execute: (statement) => send(client, statement),
    transaction: (work) => client.transaction((within) => work({ execute: (statement) => send(within, statement) })),
  };
}

/** Of drizzle only what puts statements together is used here: its driver and its builders are half of a Worker. */
function send(to: Pick<Client, "execute">, statement: SQL): Promise<ExecutedQuery> {
  const { sql, params } = statement.toQuery(AS_MYSQL);
  return to.execute(sql, params);
}

/** Values stand beside the statement; the names in it are written out, so that nothing of drizzle's is asked for them. */
const AS_MYSQL = { escapeParam: () => "?" } as unknown as Parameters<SQL["toQuery"]>[0];

/** Repeats what the server has rolled back whole (1213, 1205); nothing else is ever repeated here. */
class RepeatingClient extends Client {
  readonly #opened: Connection;

  constructor({ databaseUrl, timeoutMs, fetch, onStatement }: DbOptions) {
    const sent = (url: string, init: RequestInit = {}) => {
      onStatement?.();
      return ask(fetch, url, init, timeoutMs);
    };
    super({ url: databaseUrl, fetch: sent, cast: castQuickly });
    this.#opened = super.connection();
  }

  /** A session belongs to one statement, so each has a connection of its own; only the parsed URL is shared. */
  override connection(): Connection {
    return Object.create(this.#opened) as Connection;
  }

  override async execute(query: string, args?: Parameters<Client["execute"]>[1]): ReturnType<Client["execute"]> {
    return this.#repeated(() => super.execute(query, args ?? null));
  }

  override async transaction<T>(work: Parameters<typeof Client.prototype.transaction<T>>[0]): Promise<T> {
    return this.#repeated(() => super.transaction(work));
  }

  async #repeated<T>(attempt: () => Promise<T>): Promise<T> {
    for (let repeat = 0; ; repeat++) {
      try {
        return await attempt();
      } catch (error) {
        if (isRolledBack(error) && repeat < REPEATS) {
          await pause(Math.random() * REPEAT_WITHIN_MS * 2 ** repeat);
          continue;
        }
        const isOutage = isRolledBack(error) || isServerTrouble(error);
        throw isOutage ? new Outage("The database did not answer.", { cause: error }) : error;
      }
    }
  }
}

/** The driver decodes every text byte by byte, which costs more than all else about a row; ASCII is as it should be. */
function castQuickly(field: Parameters<typeof cast>[0], value: string | null): unknown {
  const isText = field.type === "VARCHAR" || field.type === "CHAR";
  return value !== null && isText && IS_ASCII.test(value) ? value : cast(field, value);
}

const IS_ASCII = /^[\x20-\x7e]*$/;

/**
 * One request, read to its end within the time: a lost connection at any point is an outage. The timer ends with the
 * answer: an `AbortSignal.timeout` would live on for seconds, and thousands of them make collecting garbage stand still.
 */
async function ask(fetch: DbOptions["fetch"], url: string, init: RequestInit, timeoutMs: number) {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), timeoutMs);
  try {
    const response = await fetch(url, { ...init, signal: ending.signal });
    const body = await response.text();
    const { ok, status, statusText, headers } = response;
    return { ok, status, statusText, headers, text: async () => body };
  } catch (cause) {
    throw new Outage("The database could not be asked.", { cause });
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
