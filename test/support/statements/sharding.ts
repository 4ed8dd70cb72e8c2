import { readFileSync } from "node:fs";
import { join } from "node:path";
import { usesOf } from "./shape.ts";

type VSchema = { tables: Record<string, { column_vindexes?: { column: string }[] }> };

/** A VSchema of `migrations/vschema`, by the name of its keyspace. */
export function readVSchema(keyspace: "notify" | "notify-sharded"): VSchema {
  const path = join(import.meta.dirname, "../../../migrations/vschema", `${keyspace}.json`);
  return JSON.parse(readFileSync(path, "utf8")) as VSchema;
}

const KEY = "enterprise_id";

/** The tables that lie on the shard of their enterprise. */
export const SHARDED = new Set(
  Object.entries(readVSchema("notify-sharded").tables).flatMap(([table, { column_vindexes }]) =>
    column_vindexes?.[0]?.column === KEY ? [table] : [],
  ),
);

/**
 * The sharded tables of a shape whose rows vtgate cannot tell the shards of, by the names that the statement calls
 * them. Each use of a table has to equate the key with a value, or with the key of a table that does.
 */
export function unkeyedTables(shape: string): string[] {
  const [, target = "", columns = ""] = /^insert into (\w+) \(([^)]*)\)/i.exec(shape) ?? [];
  const read = usesOf(shape).filter(
    ({ table, alias }) => SHARDED.has(table) && !(table === target && alias === target),
  );
  const conditions = conditionsOf(
    shape,
    new Set(read.map(({ alias }) => alias)).size === 1 ? read[0]?.alias : undefined,
  );
  const keyed = reachable(conditions);
  const lacking = [...Map.groupBy(read, ({ alias }) => alias)].flatMap(([alias, uses]) => {
    const about = conditions.filter((sides) => sides.includes(alias)).length;
    return keyed.has(alias) && about >= uses.length ? [] : [alias];
  });
  return SHARDED.has(target) && !columns.split(/[ ,]+/).includes(KEY) ? [target, ...lacking] : lacking;
}

/** What a shape says of the key: each time of which table, and to what it is equated, a value or another table. */
function conditionsOf(shape: string, onlyTable: string | undefined): [alias: string, other: string][] {
  const condition = new RegExp(`(?:\\b(\\w+)\\.|(?<![.\\w]))${KEY} (?:=|in) (?:\\(?(\\?)|(\\w+)\\.${KEY}\\b)`, "gi");
  const asked = shape.replace(/^(update .*?) SET .*? WHERE /i, "$1 WHERE ");
  return [...asked.matchAll(condition)].map(([, alias = onlyTable ?? "", value, other = ""]) => [
    alias,
    value ?? other,
  ]);
}

/** The tables whose key is known, directly or through others. */
function reachable(conditions: [string, string][]): Set<string> {
  const known = new Set(["?"]);
  for (let before = 0; before !== known.size;) {
    before = known.size;
    for (const sides of conditions) if (sides.some((side) => known.has(side))) sides.forEach((side) => known.add(side));
  }
  return known;
}
