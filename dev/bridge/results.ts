import type { FieldInfo, UpsertResult } from "mariadb";
import { wireField } from "./fields.ts";
import type { WireResult, WireRow } from "./wire.ts";

/** Limits of one result (planetscale.com/docs, "System limits"). */
export const MAX_ROWS = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** A value as it came over MySQL's text protocol: its bytes, or NULL. */
type RawValue = Buffer | null;

/** What the connector gives for one statement, with `metaAsArray` and `rowsAsArray`. */
export type RawResult = [rows: RawValue[][], columns: FieldInfo[]] | [done: UpsertResult, columns: FieldInfo[]];

/** A result as PlanetScale sends it; undefined if it is above a limit of the platform. */
export function wireResult([answer, columns]: RawResult): WireResult | undefined {
  if (!Array.isArray(answer)) return wireChange(answer);
  if (answer.length > MAX_ROWS) return undefined;
  const fields = columns.map(wireField);
  if (answer.length === 0) return { fields };
  let bytes = 0;
  const rows: WireRow[] = [];
  for (const values of answer) {
    const row = Buffer.concat(values.filter((value) => value !== null));
    bytes += row.length;
    if (bytes > MAX_BYTES) return undefined;
    rows.push(wireRow(values, row));
  }
  return { fields, rows };
}

function wireChange({ affectedRows, insertId }: UpsertResult): WireResult {
  return {
    ...(affectedRows === 0 ? {} : { rowsAffected: String(affectedRows) }),
    ...(Number(insertId) === 0 ? {} : { insertId: String(insertId) }),
  };
}

function wireRow(values: RawValue[], bytes: Buffer): WireRow {
  const lengths = values.map((value) => (value === null ? "-1" : String(value.length)));
  return bytes.length === 0 ? { lengths } : { lengths, values: bytes.toString("base64") };
}
