import type { FieldInfo } from "mariadb";
import type { WireField } from "./wire.ts";

/** Flags of a column definition (MySQL internals, "Column Definition Flags"). */
const BLOB_FLAG = 16;
const UNSIGNED = 32;
const BINARY = 128;
const ENUM = 256;
const SET = 2048;

/** Collation id of bytes, numbers and dates. */
const BINARY_COLLATION = 63;
/** Collation id of MySQL 8's default, utf8mb4_0900_ai_ci, which production reports for any text. */
const TEXT_COLLATION = 255;

/** Vitess's names of the types whose code says it all; a pair is signed and unsigned. */
const BY_CODE = new Map<number, string | readonly [string, string]>([
  [0, "DECIMAL"],
  [1, ["INT8", "UINT8"]],
  [2, ["INT16", "UINT16"]],
  [3, ["INT32", "UINT32"]],
  [4, "FLOAT32"],
  [5, "FLOAT64"],
  [7, "TIMESTAMP"],
  [8, ["INT64", "UINT64"]],
  [9, ["INT24", "UINT24"]],
  [10, "DATE"],
  [11, "TIME"],
  [12, "DATETIME"],
  [13, "YEAR"],
  [14, "DATE"],
  [16, "BIT"],
  [17, "TIMESTAMP"],
  [18, "DATETIME"],
  [19, "TIME"],
  [245, "JSON"],
  [246, "DECIMAL"],
  [247, "ENUM"],
  [248, "SET"],
  [255, "GEOMETRY"],
]);

const NULL_CODE = 6;
const VARCHAR_CODES = [15, 253];
const CHAR_CODE = 254;

/** A column's description as PlanetScale sends it. */
export function wireField(column: FieldInfo): WireField {
  // MariaDB's JSON is a text with a note on it; production has a type of its own (flags: blob and binary).
  const json = column.isDataTypeFormatJson();
  const type = json ? "JSON" : vitessType(column.columnType, column.flags);
  const charset = json || column.collation?.index === BINARY_COLLATION ? BINARY_COLLATION : TEXT_COLLATION;
  const flags = json ? BLOB_FLAG | BINARY : column.flags;
  return {
    ...text("name", column.name()),
    ...(type === undefined ? {} : { type }),
    ...text("table", column.table()),
    ...text("orgTable", column.orgTable()),
    ...text("database", column.db()),
    ...text("orgName", column.orgName()),
    ...number("columnLength", column.columnLength),
    charset,
    ...number("flags", flags),
    ...number("decimals", column.scale),
  };
}

/** Vitess's name of a column type; undefined for NULL, whose number is zero and thus left out. */
function vitessType(code: number, flags: number): string | undefined {
  if (code === NULL_CODE) return undefined;
  const binary = (flags & BINARY) !== 0;
  if (VARCHAR_CODES.includes(code)) return binary ? "VARBINARY" : "VARCHAR";
  if (code === CHAR_CODE) {
    if ((flags & ENUM) !== 0) return "ENUM";
    if ((flags & SET) !== 0) return "SET";
    return binary ? "BINARY" : "CHAR";
  }
  const known = BY_CODE.get(code);
  if (known === undefined) return binary ? "BLOB" : "TEXT";
  return typeof known === "string" ? known : known[(flags & UNSIGNED) === 0 ? 0 : 1];
}

function text<K extends string>(key: K, value: string): { [P in K]?: string } {
  return value === "" ? {} : ({ [key]: value } as { [P in K]: string });
}

function number<K extends string>(key: K, value: number): { [P in K]?: number } {
  return value === 0 ? {} : ({ [key]: value } as { [P in K]: number });
}
