import type { Connection, FieldInfo, UpsertResult } from "mariadb";
import { wireField } from "./fields.ts";
import type { WireResult, WireRow } from "./wire.ts";

/** Limits of one result (planetscale.com/docs, "System limits"). */
export const MAX_ROWS = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** A value as it came over MySQL's text protocol: its bytes, or NULL. */
type RawValue = Buffer | null;

/** What the connector gives for one statement, with `metaAsArray` and `rowsAsArray`. */
type RawResult = [rows: RawValue[][], columns: FieldInfo[]] | [done: UpsertResult, columns: FieldInfo[]];

/** Runs a statement. Gives its result as PlanetScale sends it; undefined if that is above a limit of the platform. */
export async function runStatement(connection: Connection, sql: string): Promise<WireResult | undefined> {
  let bytes = 0;
  // The values' own bytes, which only the text protocol has. What is above the limit is read, but not kept: a result
  // of many gigabytes would take the process with it.
  const typeCast = (column: FieldInfo): Buffer | null => {
    const value = column.buffer();
    bytes += value?.length ?? 0;
    return bytes > MAX_BYTES ? null : value;
  };
  const [answer, columns] = await connection.query<RawResult>({ sql, typeCast });
  if (!Array.isArray(answer)) return wireChange(answer);
  if (answer.length > MAX_ROWS || bytes > MAX_BYTES) return undefined;
  const fields = columns.map(wireField);
  return answer.length === 0 ? { fields } : { fields, rows: answer.map(wireRow) };
}

function wireChange({ affectedRows, insertId }: UpsertResult): WireResult {
  return {
    ...(affectedRows === 0 ? {} : { rowsAffected: String(affectedRows) }),
    ...(Number(insertId) === 0 ? {} : { insertId: String(insertId) }),
  };
}

function wireRow(values: RawValue[]): WireRow {
  const bytes = Buffer.concat(values.filter((value) => value !== null));
  const lengths = values.map((value) => (value === null ? "-1" : String(value.length)));
  return bytes.length === 0 ? { lengths } : { lengths, values: bytes.toString("base64") };
}
