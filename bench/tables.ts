import type { Stage } from "./stage.ts";

const GROWING = ["deliveries", "attempts", "receipts", "reconciliations", "logs", "logs_failure"];

/** Removes all that earlier figures left, much of it due: a sweep would ring for it. */
export async function clearTables({ database }: Stage): Promise<void> {
  for (const table of GROWING) await database.query(`TRUNCATE TABLE ${table}`);
}

/** How many deliveries of the updates with this prefix are in which state. */
export async function statesOf({ database }: Stage, prefix: string): Promise<Map<string, number>> {
  const rows = await database.query<{ state: string; count: number | bigint }>(
    "SELECT state, COUNT(*) AS count FROM deliveries WHERE shipment_id LIKE ? GROUP BY state",
    [`SH-${prefix}%`],
  );
  return new Map(rows.map(({ state, count }) => [state, Number(count)]));
}
