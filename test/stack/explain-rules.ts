import type { Entry } from "../support/statements/entry.ts";
import { shapeOf, tablesOf } from "../support/statements/shape.ts";

/** One line of `EXPLAIN`, as MariaDB and MySQL both give it. */
export type PlanLine = {
  id: number | string | null;
  select_type: string;
  table: string | null;
  type: string | null;
  key: string | null;
  rows: number | string | null;
  Extra: string | null;
};

/** The tables that grow: by updates, and the last four with the number of enterprises. */
export const GROWING = [
  "deliveries",
  "attempts",
  "receipts",
  "logs",
  "logs_failure",
  "reconciliations",
  "inbound",
  "gateway_changes",
  "customers",
  "subscriptions",
  "suppressions",
  "api_keys",
];

/** A statement over named rows reads some more for each of them: its siblings, its gateways. */
const ROWS_FOR_EACH = 4;
/** Statistics are estimates, and never say 0. */
const FEW = 20;

/** What is wrong with how the server means to carry out a statement over so many named rows; nothing, if all is well. */
export function complaints(entry: Entry, statement: string, plan: PlanLine[], named: number): string[] {
  const tables = new Map(tablesOf(shapeOf(statement)).map(({ table, alias }) => [alias, table]));
  const growing = plan.filter(
    ({ table, select_type }) => select_type !== "INSERT" && GROWING.includes(tables.get(table ?? "") ?? ""),
  );
  const namesRows = entry.scatters === undefined && (entry.heat === "hot" || entry.sizes.length > 1);
  const selectsGrowing = new Set(growing.map(({ id }) => id));
  const sorting = plan.filter(
    ({ id, Extra }) => selectsGrowing.has(id) && /Using (?:filesort|temporary)/.test(Extra ?? ""),
  );
  return [
    ...growing
      .filter(({ type }) => type === "ALL" || (type === "index" && entry.walks === undefined))
      .map(({ table }) => `${table}: all rows are looked at`),
    ...growing
      .filter(({ table, key }) => key !== null && (entry.keys[table ?? ""] ?? key) !== key)
      .map(({ table, key }) => `${table}: read by ${key} and not by ${entry.keys[table ?? ""]}`),
    ...growing
      .filter(({ rows }) => namesRows && Number(rows) > named * ROWS_FOR_EACH + FEW)
      .map(({ table, rows }) => `${table}: ${rows} rows are looked at for ${named} that are named`),
    ...(entry.heat === "hot" && entry.sorts === undefined
      ? sorting.map(({ table, Extra }) => `${table}: ${Extra}`)
      : []),
  ];
}
