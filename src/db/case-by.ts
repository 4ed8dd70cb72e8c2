import { sql, StringChunk, type SQL, type SQLChunk } from "drizzle-orm";

/**
 * One value for each row of a statement over many: `CASE column WHEN key THEN value … ELSE the commonest END`, and no
 * more than the value itself where all rows share it. The statement must touch no rows but these. Of two rows with one
 * key the first counts; pieces of SQL are one value only as one object.
 */
export function caseBy<T>(column: string, rows: T[], key: (row: T) => string, value: (row: T) => unknown): SQL {
  const values = new Map<string, unknown>();
  for (const row of rows) if (!values.has(key(row))) values.set(key(row), value(row));
  const common = commonest([...values.values()]);
  const others = [...values].filter(([, other]) => other !== common);
  if (others.length === 0) return sql`${common}`;
  // Side by side rather than as a piece of SQL for each; drizzle takes plain values there, though its types do not say so.
  const branches = others.flatMap(([of, other]) => [WHEN, of, THEN, other]) as SQLChunk[];
  return sql`CASE ${sql.raw(column)}${sql.join(branches)} ELSE ${common} END`;
}

const WHEN = new StringChunk(" WHEN ");
const THEN = new StringChunk(" THEN ");

function commonest(values: unknown[]): unknown {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].toSorted(([, left], [, right]) => right - left);
  return first?.[0];
}
