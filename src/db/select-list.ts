/** What a statement reads of a kind of rows: expressions by the names that they are read under. */
type Columns = Readonly<Record<string, string>>;

/** The list behind SELECT. */
export function selectList(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, expression]) => `${expression} AS ${name}`)
    .join(", ");
}

/** The same list with nothing in it, for the rows of another kind in one UNION. */
export function emptyList(columns: Columns): string {
  return Object.keys(columns)
    .map((name) => `NULL AS ${name}`)
    .join(", ");
}
