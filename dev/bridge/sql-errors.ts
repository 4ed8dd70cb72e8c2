import type { WireError } from "./wire.ts";

/** gRPC codes by MySQL error number, as Vitess assigns them; every other number is UNKNOWN. */
const CODES = new Map<number, readonly [upper: string, camel: string]>([
  ...[1050, 1062].map((errno) => [errno, ["ALREADY_EXISTS", "AlreadyExists"]] as const),
  ...[1054, 1146, 1109, 1091].map((errno) => [errno, ["NOT_FOUND", "NotFound"]] as const),
  ...[1044, 1045, 1142, 1227].map((errno) => [errno, ["PERMISSION_DENIED", "PermissionDenied"]] as const),
  ...[1048, 1052, 1064, 1136, 1264, 1366, 1406].map(
    (errno) => [errno, ["INVALID_ARGUMENT", "InvalidArgument"]] as const,
  ),
  ...[1216, 1217, 1451, 1452].map((errno) => [errno, ["FAILED_PRECONDITION", "FailedPrecondition"]] as const),
  ...[1037, 1038, 1040, 1041, 1114, 1203].map((errno) => [errno, ["RESOURCE_EXHAUSTED", "ResourceExhausted"]] as const),
  [1205, ["DEADLINE_EXCEEDED", "DeadlineExceeded"]],
  [1213, ["ABORTED", "Aborted"]],
  [1235, ["UNIMPLEMENTED", "Unimplemented"]],
  // A server that shuts down or has killed the connection (1927 is MariaDB's), or one that is not there.
  ...[1053, 1927, 2002, 2013].map((errno) => [errno, ["UNAVAILABLE", "Unavailable"]] as const),
]);

/** What the connector throws, as far as it matters here. */
export type SqlFailure = { errno: number; sqlState: string; sqlMessage: string; fatal: boolean };

/** A failure that the bridge itself finds, in the shape of the connector's. It ends the connection. */
export class DatabaseFault extends Error {
  readonly errno: number;
  readonly sqlMessage: string;
  // The connector marks a socket's errors itself, so neither of these is read-only.
  sqlState: string;
  fatal = true;

  constructor(errno: number, sqlMessage: string, options: { sqlState?: string; cause?: unknown } = {}) {
    super(`${sqlMessage} (errno ${errno})`, "cause" in options ? { cause: options.cause } : {});
    this.name = "DatabaseFault";
    this.errno = errno;
    this.sqlMessage = sqlMessage;
    this.sqlState = options.sqlState ?? "HY000";
  }
}

/** Reads an error that the connector threw; undefined if it is of another kind, which is a bug. */
export function readSqlFailure(error: unknown): SqlFailure | undefined {
  if (!(error instanceof Error) || !("errno" in error) || typeof error.errno !== "number") return undefined;
  const sqlMessage = "sqlMessage" in error && typeof error.sqlMessage === "string" ? error.sqlMessage : "";
  const sqlState = "sqlState" in error && typeof error.sqlState === "string" ? error.sqlState : "HY000";
  return { errno: error.errno, sqlState, sqlMessage, fatal: "fatal" in error && error.fatal === true };
}

/** An error of the database, in the words in which it comes from PlanetScale. */
export function sqlError({ errno, sqlState, sqlMessage }: SqlFailure): WireError {
  // The connector's own numbers begin at 45000, the operating system's are below zero: a connection broke.
  if (errno >= 45_000 || errno <= 0) {
    return vttabletError(["UNAVAILABLE", "Unavailable"], "the connection to the database was lost", 2013, "HY000");
  }
  return vttabletError(CODES.get(errno) ?? ["UNKNOWN", "Unknown"], sqlMessage, errno, sqlState);
}

/** A statement that the API does not take; `reason` begins with Vitess's own error code. */
export function unsupportedError(reason: string): WireError {
  return { code: "UNIMPLEMENTED", message: `${reason} (errno 1235) (sqlstate 42000)` };
}

/** A statement of a transaction that is no more: its time was up, a deadlock ended it, or its connection broke. */
export function endedTransactionError(why: string): WireError {
  return vttabletError(["ABORTED", "Aborted"], `transaction not found: ended ${why}`, 1105, "HY000");
}

/** A result above a limit of the platform. */
export function tooLargeError(limit: string): WireError {
  return vttabletError(["ABORTED", "Aborted"], `Row count or size exceeded ${limit}`, 10_001, "HY000");
}

function vttabletError(code: readonly [string, string], text: string, errno: number, sqlState: string): WireError {
  const [upper, camel] = code;
  const message = `target: local.-.primary: vttablet: rpc error: code = ${camel} desc = ${text}`;
  return { code: upper, message: `${message} (errno ${errno}) (sqlstate ${sqlState}) (CallerID: local)` };
}
