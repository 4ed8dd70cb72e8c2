import type { Bench } from "./context.ts";
import { postUpdates, updates } from "./updates.ts";

/** What a queue message says about one delivery. */
export type BellBody = { v: 1; enterprise_id: string; delivery_ids: string[] };

type Row = { enterprise_id: string; delivery_id: string };

const SEED_AT_ONCE = 5_000;

/** How long accepting may take until so many are there, in ms. */
const SEED_WITHIN_MS = 120_000;

/**
 * Has so many deliveries by SMS accepted through the front door, and gives a bell for each. None of them is heard:
 * the broker is a sink.
 */
export async function makeDue(bench: Bench, count: number): Promise<BellBody[]> {
  const { database } = bench.stage;
  const bodies = updates("one");
  // What earlier figures left unsent is not this figure's: it starts with rows of its own.
  const wanted = `shipment_id LIKE 'SH-${bodies.prefix}%'`;
  for (let posted = 0; posted < count; posted += SEED_AT_ONCE) {
    const list = Array.from({ length: Math.min(SEED_AT_ONCE, count - posted) }, (_, index) => posted + index);
    const texts = list.map((number) => {
      const template = bodies.templates[number % bodies.templates.length] ?? "";
      return template.replaceAll("{id}", `${bodies.prefix}${number}`);
    });
    await bench.load(
      postUpdates(bench, {
        bodies: { kind: "listed", bodies: texts },
        warmUpMs: 0,
        windowMs: SEED_WITHIN_MS,
        cpuOf: {},
      }),
    );
  }
  const rows = await database.query<Row>(
    `SELECT enterprise_id, delivery_id FROM deliveries WHERE state = 'queued' AND ${wanted} ORDER BY delivery_id`,
  );
  if (rows.length !== count) throw new Error(`${rows.length} deliveries are due instead of ${count}.`);
  return rows.map((row) => ({ v: 1, enterprise_id: row.enterprise_id, delivery_ids: [row.delivery_id] }));
}

/** Bodies for the front Worker's `/queue/NAME`: batches of so many bells. */
export function batches(bells: readonly BellBody[], size: number): string[] {
  return Array.from({ length: Math.floor(bells.length / size) }, (_, batch) =>
    JSON.stringify(bells.slice(batch * size, (batch + 1) * size)),
  );
}

/** Throws unless all these deliveries have been sent. */
export async function assertSent({ stage }: Bench, bells: readonly BellBody[]): Promise<void> {
  const ids = bells.flatMap((bell) => bell.delivery_ids);
  const [row] = await stage.database.query<{ unsent: number | bigint }>(
    "SELECT COUNT(*) AS unsent FROM deliveries WHERE delivery_id IN (?) AND state NOT IN ('sent', 'delivered')",
    [ids],
  );
  if (Number(row?.unsent) !== 0) throw new Error(`${row?.unsent} of ${ids.length} deliveries were not sent.`);
}
