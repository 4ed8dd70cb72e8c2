import { DatabaseError } from "@planetscale/database";
import { causes } from "../domain/outage.ts";

/** MySQL's number of an error, or undefined where the text names none (`… (errno 1062) (sqlstate 23000)`). */
export function errnoOf(error: unknown): number | undefined {
  for (const cause of causes(error)) {
    if (!(cause instanceof DatabaseError)) continue;
    const errno = /\(errno (\d+)\)/.exec(cause.body.message)?.[1];
    if (errno) return Number(errno);
  }
  return undefined;
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
const SERVER_TROUBLE = new Set([1040, 1053, 1203, 1290, 1317, 1836, 2006, 2013, 3024]);

/**
 * Whether a failure of the driver means that the database could not be asked, or its answer is not known,
 * rather than that it refused our statement.
 */
export function isServerTrouble(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  const errno = errnoOf(error);
  if (errno !== undefined) return SERVER_TROUBLE.has(errno);
  return error.status >= 500 || /unavailable|exhausted|deadline/i.test(`${error.body.code} ${error.message}`);
}
