/**
 * A statement without anything that was put into it: the driver writes values into the text, so a statement as it
 * is sent holds addresses and messages. Texts and numbers become `?`, and lists and cases one of each, so that the
 * same statement over one row or a thousand has the same shape.
 */
export function shapeOf(statement: string): string {
  let shape = withoutValues(statement).replaceAll("`", "").replaceAll(/\s+/g, " ").trim();
  for (let before = ""; before !== shape;) {
    before = shape;
    shape = shape
      .replaceAll(/CASE (\w+(?:\.\w+)?) WHEN (?:(?!\b(?:CASE|END)\b).)* END/g, "CASE $1 END")
      .replaceAll(/(\?|\(\?\))(?:, ?\1)+/g, "$1")
      .replaceAll(/(\((?:[^()]|\([^()]*\))*\))(?: OR \1)+/g, "$1");
  }
  return shape.replace(/\bvalues \(.*?(?= on duplicate key |$)/i, "values (…)");
}

/** Quoted texts with doubled or escaped quotes, hexadecimal and plain numbers that are no part of a name. */
function withoutValues(statement: string): string {
  return statement
    .replaceAll(/\bx'[0-9a-f]*'|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/gis, "?")
    .replaceAll(/(?<![\w.`])-?\d+(?:\.\d+)?\b/g, "?");
}

/** A table of a statement, by the name that the statement calls it. */
export type TableUse = { table: string; alias: string };

const TABLE_AFTER =
  /\b(?:FROM|JOIN|INTO|UPDATE) \(*(\w+)(?: (?:AS )?(?!(?:FORCE|JOIN|LEFT|INNER|STRAIGHT_JOIN|ON|SET|WHERE|GROUP|ORDER|LIMIT|UNION|VALUES|SELECT|USE|AND)\b)(\w+))?/gi;
const NO_TABLES = new Set(["select", "if", "ignore", "utc_timestamp"]);

/** Every place where a shape reads or writes a table. */
export function usesOf(shape: string): TableUse[] {
  const places = shape.replaceAll(/on duplicate key update/gi, "").matchAll(TABLE_AFTER);
  return [...places].flatMap(([, table = "", alias = table]) =>
    NO_TABLES.has(table.toLowerCase()) ? [] : [{ table, alias }],
  );
}

/** The tables that a shape reads and writes, each once by each name, in the order in which they stand. */
export function tablesOf(shape: string): TableUse[] {
  return [...new Map(usesOf(shape).map((use) => [`${use.table} ${use.alias}`, use])).values()];
}

/**
 * What tells a statement from others whatever it was asked with: its verb, its tables, and the columns that it
 * writes, or those that it reads first.
 */
export function skeletonOf(shape: string): string {
  const verb =
    shape
      .replace(/^\(+ ?/, "")
      .split(" ", 1)[0]
      ?.toLowerCase() ?? "";
  const tables = tablesOf(shape).map(({ table, alias }) => (table === alias ? table : `${table} ${alias}`));
  return [verb, [...new Set(tables)].join(", "), firstColumns(verb, shape)].filter((part) => part !== "").join(" | ");
}

function firstColumns(verb: string, shape: string): string {
  if (verb === "insert") return (/\(([\w, ]+)\)/.exec(shape)?.[1] ?? "").replaceAll(" ", "");
  if (verb === "select") return /select (.*?) from /i.exec(shape)?.[1]?.slice(0, 80) ?? "";
  if (verb !== "update") return "";
  const set = shape.slice(shape.search(/\bSET\b/i)).split(/\bWHERE\b/i, 1)[0] ?? "";
  return topLevel(set.slice(4))
    .map((assignment) => assignment.split("=", 1)[0]?.trim())
    .join(",");
}

/** Splits at the commas that stand in no parentheses. */
function topLevel(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "(") depth += 1;
    if (char === ")") depth -= 1;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}
