import { DatabaseError, UnknownError } from "@planetscale/database";
import { Outage, causes } from "../domain/outage.ts";

/** MySQL's number of an error, or undefined where the text names none (`… (errno 1062) (sqlstate 23000)`). */
export function errnoOf(error: unknown): number | undefined {
  for (const cause of causes(error)) {
    if (!(cause instanceof DatabaseError)) continue;
    const errno = errnoIn(cause.body.message);
    if (errno !== undefined) return errno;
  }
  return undefined;
}

/** A duplicate's text quotes the value before the number, and the statement comes after it: both may hold anything. */
function errnoIn(message: string): number | undefined {
  if (/ for key '[^']*' \(errno 1062\)/.test(message)) return 1062;
  const errno = /\(errno (\d+)\) \(sqlstate \w{5}\)/.exec(message)?.[1];
  return errno === undefined ? undefined : Number(errno);
}

/** A unique key refused the row (ER_DUP_ENTRY). */
export function isDuplicateKey(error: unknown): boolean {
  return errnoOf(error) === 1062;
}

/** A deadlock or a lock wait that was given up: the statement has been rolled back whole. */
export function isRolledBack(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 1213 || errno === 1205;
}

/** Too many connections, read-only, shut down, cancelled, connection lost: the server's trouble, not ours. */
const SERVER_TROUBLE = new Set([1040, 1053, 1203, 1290, 1317, 1836, 2002, 2003, 2006, 2013, 3024]);

/** What Vitess says, with errno 1105 or none, while a shard has no primary or its pools are full. */
const VITESS_TROUBLE =
  /unavailable|exhausted|deadline|aborted|cancel|cluster.?event|not.serving|shutting.down|reparent|no healthy tablet|resharded/i;

/**
 * Whether a failure of the driver means that the database could not be asked, or its answer is not known,
 * rather than that it refused our statement.
 */
export function isServerTrouble(error: unknown): boolean {
  if (error instanceof Outage || error instanceof UnknownError || error instanceof SyntaxError) return true;
  if (!(error instanceof DatabaseError)) return false;
  const errno = errnoOf(error);
  if (errno !== undefined && errno !== 1105) return SERVER_TROUBLE.has(errno);
  return error.status >= 500 || VITESS_TROUBLE.test(`${error.body.code} ${error.message}`);
}
