import { sql, type SQL } from "drizzle-orm";

/** `CASE column WHEN key THEN value … END`: one value for each row of a statement over many. */
export function caseBy<T>(column: string, rows: T[], key: (row: T) => string, value: (row: T) => unknown): SQL {
  const branches = rows.map((row) => sql`WHEN ${key(row)} THEN ${value(row)}`);
  return sql`CASE ${sql.raw(column)} ${sql.join(branches, sql` `)} END`;
}
