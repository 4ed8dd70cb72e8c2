import { sql, type SQL } from "drizzle-orm";
import type { AuditEntry } from "../domain/audit-entry.ts";
import type { Page, PageOf } from "../domain/page-cursor.ts";
import { audited } from "./audited.ts";
import type { Db, Statements } from "./client.ts";
import { isDuplicateKey } from "./errors.ts";
import { where } from "./where.ts";

/**
 * A table of what operators keep, by the names of its columns: the primary key, in its order, what may be changed, and
 * what is told beside them; `secret` may be changed and is never told.
 */
export type Kept = {
  table: string;
  key: readonly string[];
  changeable: readonly string[];
  told?: readonly string[];
  secret?: readonly string[];
};

/** A row as the driver gives it, or values to be written, by column. */
export type Columns = Record<string, unknown>;

/** One row by its key. */
export async function findRow(db: Statements, kept: Kept, key: Columns): Promise<Columns | null> {
  const { rows } = await db.execute(sql`SELECT ${columnsOf(kept)} FROM ${named(kept.table)} WHERE ${equal(key)}`);
  return (rows[0] as Columns | undefined) ?? null;
}

/** Adds a row and says so in the audit. `duplicate`: a unique key has it already, and nothing was written. */
export function insertRow(db: Db, kept: Kept, row: Columns, entry: AuditEntry): Promise<"inserted" | "duplicate"> {
  const columns = [...kept.key, ...kept.changeable];
  return insertOnce(() =>
    audited(db, entry, async (within) => {
      await within.execute(sql`
        INSERT INTO ${named(kept.table)} (${named(columns.join(", "))}) VALUES ${columns.map((column) => row[column] ?? null)}`);
      return true;
    }),
  );
}

/**
 * Writes the columns that are given and no others, and says so in the audit. The row as it is then; null where there is
 * none. `duplicate`: another row has what is to be unique.
 */
export async function changeRow(
  db: Db,
  kept: Kept,
  key: Columns,
  changes: Columns,
  entry: AuditEntry,
): Promise<Columns | null | "duplicate"> {
  let row: Columns | null = null;
  const change = async (within: Statements) => {
    const isAny = Object.keys(changes).length > 0;
    if (isAny) {
      await within.execute(sql`
        UPDATE ${named(kept.table)} SET ${assigned([...kept.changeable, ...(kept.secret ?? [])], changes)} WHERE ${equal(key)}`);
    }
    // Whether there was a row is not told by the count: what stays as it was is not counted everywhere.
    row = await findRow(within, kept, key);
    return isAny && row !== null;
  };
  const written = await insertOnce(() => audited(db, entry, change));
  return written === "duplicate" ? "duplicate" : row;
}

/** `in_use`: something hangs on it, so it stays. */
export type Removal = "removed" | "missing" | "in_use";

/**
 * Removes a row and says so in the audit. `users` finds what hangs on it: asked once the row is gone, so that nothing can
 * come to hang on it meanwhile, and then all of it is undone.
 */
export async function removeRow(db: Db, kept: Kept, key: Columns, entry: AuditEntry, users?: SQL): Promise<Removal> {
  const remove = async (within: Statements) => {
    const { rowsAffected } = await within.execute(sql`DELETE FROM ${named(kept.table)} WHERE ${equal(key)}`);
    const isUsed = users !== undefined && (await within.execute(users)).rows.length > 0;
    if (rowsAffected > 0 && isUsed) throw new InUse();
    return rowsAffected > 0;
  };
  try {
    return (await audited(db, entry, remove)) ? "removed" : "missing";
  } catch (error) {
    if (error instanceof InUse) return "in_use";
    throw error;
  }
}

/** Undoes a removal. */
class InUse extends Error {}

/**
 * A page of rows in the order of their key. `conditions` may name whole columns at the start of it in `given`: the rest
 * of the key is what pages go by.
 */
export async function pageOfRows(
  db: Db,
  kept: Kept,
  { limit, after }: Pick<PageOf<unknown>, "limit" | "after">,
  conditions: SQL[] = [],
  given = 0,
): Promise<Page<Columns>> {
  const order = kept.key.slice(given);
  const beyond = after === null ? [] : [sql`(${named(order.join(", "))}) > (${listed(after.key)})`];
  const { rows } = await db.execute(sql`
    SELECT ${columnsOf(kept)} FROM ${named(kept.table)}${where([...conditions, ...beyond])}
     ORDER BY ${named(order.join(", "))} LIMIT ${limit + 1}`);
  const found = (rows as Columns[]).slice(0, limit);
  const last = rows.length > limit ? found.at(-1) : undefined;
  return { rows: found, next: last ? { at: 0, key: order.map((column) => String(last[column])) } : null };
}

/** Runs what inserts or renames. `duplicate`: a unique key refused it, and nothing was written. */
export async function insertOnce(insert: () => Promise<unknown>): Promise<"inserted" | "duplicate"> {
  try {
    await insert();
    return "inserted";
  } catch (error) {
    if (isDuplicateKey(error)) return "duplicate";
    throw error;
  }
}

/** One shape of statement, whatever is changed: a column that is not given keeps what others may be writing now. */
function assigned(columns: readonly string[], changes: Columns): SQL {
  const each = columns.map((column) => {
    const isGiven = Object.hasOwn(changes, column);
    return sql`${named(column)} = IF(${isGiven}, ${isGiven ? changes[column] : null}, ${named(column)})`;
  });
  return sql.join(each, sql`, `);
}

function equal(key: Columns): SQL {
  const each = Object.entries(key).map(([column, value]) => sql`${named(column)} = ${value}`);
  return sql.join(each, sql` AND `);
}

function columnsOf({ key, changeable, told = [] }: Kept): SQL {
  return named([...key, ...changeable, ...told].join(", "));
}

function listed(values: unknown[]): SQL {
  return sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  );
}

/** Names of columns and tables, which are our own. */
function named(names: string): SQL {
  return sql.raw(names);
}
