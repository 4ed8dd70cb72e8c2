import { randomUUID } from "node:crypto";
import type { Connections } from "./connections.ts";
import type { Link } from "./pool.ts";
import { refusalOf } from "./refusals.ts";
import { runStatement } from "./results.ts";
import { endedTransactionError, readSqlFailure, sqlError, tooLargeError, unsupportedError } from "./sql-errors.ts";
import { firstWord } from "./statement.ts";
import { RequestFault } from "./wire.ts";
import type { ExecuteAnswer, WireResult, WireSession } from "./wire.ts";

/** The status flag that MySQL sets while a transaction is open (SERVER_STATUS_IN_TRANS). */
const IN_TRANSACTION = 1;
/** A deadlock has rolled the whole transaction back. */
const DEADLOCK = 1213;

/** A transaction in progress, the only thing for which a session keeps a connection. */
type Transaction = { link: Link; deadline: NodeJS.Timeout; overdue: boolean };

export type Sessions = {
  /** Runs one statement in a session, a new one for null. */
  execute: (sql: string, session: WireSession | null) => Promise<ExecuteAnswer>;
  /** Ends a session; an open transaction is rolled back. */
  close: (session: WireSession) => Promise<void>;
  /** Rolls back what is open, except where a statement runs: that one ends with its connection. */
  stop: () => Promise<void>;
};

/** Keeps the sessions; a transaction is rolled back `transactionTimeoutMs` after it began. */
export function createSessions(connections: Connections, transactionTimeoutMs: number): Sessions {
  const transactions = new Map<string, Transaction>();
  const busy = new Set<string>();

  return {
    async execute(sql, session) {
      return exclusively(session?.vitessSession.SessionUUID ?? randomUUID(), async (id) => {
        const open = transactions.get(id);
        const believedOpen = open !== undefined || session?.vitessSession.inTransaction === true;
        const refusal = refusalOf(sql);
        if (refusal !== undefined) return failed(id, believedOpen, unsupportedError(refusal));
        if (open !== undefined) return inTransaction(id, open, sql);
        if (believedOpen) return afterTransaction(id, sql);
        return /^(?:begin|start)$/.test(firstWord(sql)) ? begin(id, sql) : autocommit(id, sql);
      });
    },
    async close(session) {
      await exclusively(session.vitessSession.SessionUUID, async (id) => rollBack(id));
    },
    async stop() {
      await Promise.all([...transactions.keys()].filter((id) => !busy.has(id)).map(rollBack));
    },
  };

  /** A session is one line of work: a second statement at the same time is refused. */
  async function exclusively<T>(id: string, work: (id: string) => Promise<T>): Promise<T> {
    if (busy.has(id)) throw new RequestFault(403, "permission_denied", "session already in use");
    busy.add(id);
    try {
      return await work(id);
    } finally {
      busy.delete(id);
    }
  }

  async function autocommit(id: string, sql: string): Promise<ExecuteAnswer> {
    try {
      const link = await connections.autocommit.acquire();
      try {
        return answered(id, false, await runStatement(link.connection, sql));
      } finally {
        connections.autocommit.release(link);
      }
    } catch (error) {
      return failed(id, false, sqlError(sqlFailureOf(error)));
    }
  }

  async function begin(id: string, sql: string): Promise<ExecuteAnswer> {
    let link: Link;
    try {
      link = await connections.transactions.acquire();
    } catch (error) {
      return failed(id, false, sqlError(sqlFailureOf(error)));
    }
    const deadline = setTimeout(() => expire(id), transactionTimeoutMs);
    const transaction = { link, deadline, overdue: false };
    transactions.set(id, transaction);
    return inTransaction(id, transaction, sql);
  }

  async function inTransaction(id: string, transaction: Transaction, sql: string): Promise<ExecuteAnswer> {
    const { connection } = transaction.link;
    try {
      const result = await runStatement(connection, sql);
      // Not only COMMIT ends a transaction: DDL commits it as well, so the server is asked.
      const open = ((connection.info?.status ?? 0) & IN_TRANSACTION) !== 0;
      if (!open) release(id);
      else if (transaction.overdue) await rollBack(id);
      return answered(id, open, result);
    } catch (error) {
      const failure = sqlFailureOf(error);
      if (failure.fatal || failure.errno === DEADLOCK || transaction.overdue) await rollBack(id);
      return failed(id, true, sqlError(failure));
    }
  }

  /** The client believes in a transaction that has ended. Nothing may run outside it by mistake, except its end. */
  async function afterTransaction(id: string, sql: string): Promise<ExecuteAnswer> {
    if (/^\s*rollback\s*;?\s*$/i.test(sql)) return { session: sessionOf(id, false), result: {} };
    return failed(id, true, endedTransactionError("by its deadline, a deadlock or a lost connection"));
  }

  /** A statement that is running is not cut off: its transaction ends when it is done. */
  function expire(id: string): void {
    const transaction = transactions.get(id);
    if (transaction === undefined) return;
    if (busy.has(id)) transaction.overdue = true;
    else void rollBack(id);
  }

  /** Never rejects: a connection that cannot roll back is thrown away, and the server rolls back then. */
  async function rollBack(id: string): Promise<void> {
    const link = take(id);
    if (link === undefined) return;
    const { release: keep, discard } = connections.transactions;
    await link.connection.query("ROLLBACK").then(
      () => keep(link),
      () => discard(link),
    );
  }

  /** The transaction has ended on the server. */
  function release(id: string): void {
    const link = take(id);
    if (link !== undefined) connections.transactions.release(link);
  }

  /** Unties a transaction from its session, for good and before anything else is waited for. */
  function take(id: string): Link | undefined {
    const transaction = transactions.get(id);
    if (transaction === undefined) return undefined;
    transactions.delete(id);
    clearTimeout(transaction.deadline);
    return transaction.link;
  }
}

/** A session as CreateSession gives it out. */
export function newSession(): WireSession {
  return sessionOf(randomUUID(), false);
}

/** `result` is undefined where it is above a limit. */
function answered(id: string, open: boolean, result: WireResult | undefined): ExecuteAnswer {
  if (result === undefined) return failed(id, open, tooLargeError("100000 rows or 64 MiB"));
  return { session: sessionOf(id, open), result };
}

function failed(id: string, open: boolean, error: NonNullable<ExecuteAnswer["error"]>): ExecuteAnswer {
  return { session: sessionOf(id, open), error };
}

function sessionOf(id: string, open: boolean): WireSession {
  return {
    signature: "bG9jYWw=",
    vitessSession: {
      autocommit: true,
      SessionUUID: id,
      ...(open ? { inTransaction: true } : {}),
      options: { includedFields: "ALL", clientFoundRows: true },
    },
  };
}

function sqlFailureOf(error: unknown): NonNullable<ReturnType<typeof readSqlFailure>> {
  const failure = readSqlFailure(error);
  if (failure === undefined) throw error;
  return failure;
}
