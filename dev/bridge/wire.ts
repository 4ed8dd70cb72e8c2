/**
 * Messages of PlanetScale's HTTP API (planetscale/psdb, `psdb/v1alpha1/database.proto`) in protobuf's JSON form:
 * 64-bit integers are strings, and zero or empty values are left out.
 */

/** What a client sends back unchanged with its next statement. */
export type WireSession = { signature: string; vitessSession: VitessSession };

export type VitessSession = {
  autocommit: true;
  SessionUUID: string;
  inTransaction?: true;
  options: { includedFields: "ALL"; clientFoundRows: true };
};

/** `type` is a Vitess type name and missing for NULL; `charset` is a collation id, 63 for bytes and numbers. */
export type WireField = {
  name?: string;
  type?: string;
  table?: string;
  orgTable?: string;
  database?: string;
  orgName?: string;
  columnLength?: number;
  charset?: number;
  flags?: number;
  decimals?: number;
};

/** The values of a row in one base64 string; `lengths` cuts it up, in bytes: "-1" is NULL, "0" empty. */
export type WireRow = { lengths: string[]; values?: string };

export type WireResult = { rowsAffected?: string; insertId?: string; fields?: WireField[]; rows?: WireRow[] };

/** `code` is a gRPC status code's name. */
export type WireError = { code: string; message: string };

/** `timing` in seconds. An error of the database is an answer with status 200 as well. */
export type ExecuteAnswer = { session: WireSession; result?: WireResult; error?: WireError; timing?: number };

/** A fault of the request rather than of its SQL: answered with an HTTP status of 4xx. */
export class RequestFault extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "RequestFault";
    this.status = status;
    this.code = code;
  }
}
