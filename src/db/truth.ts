import { sql, type SQL } from "drizzle-orm";

/** A condition as a column; NULL is false. */
export function truth(name: string, condition: SQL) {
  return sql<boolean>`COALESCE(${condition}, FALSE)`.mapWith((value: unknown) => Number(value) === 1).as(name);
}
