import { createDatabase } from "../../dev/database.ts";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { seedKeys } from "../../dev/local/seed.ts";
import type { Bench } from "../context.ts";
import { figure } from "../figure.ts";
import { fillHistory } from "../history/fill.ts";
import { LARGE, PER_SHIPMENT, shipmentOfLarge } from "../history/sent-messages.ts";
import { interleave } from "../interleave.ts";
import { CPU, pinTo, unpin } from "../pin.ts";
import { short } from "../report.ts";
import { median, percentile, ratios } from "../statistics.ts";

const FEW_ROWS = 10_000;

/** Shipments that are asked for in turn, spread over all times. */
const SHIPMENTS = 100;

type Question = (shipment: string) => string;

const QUESTIONS = {
  shipment: (shipment) => `/v1/shipments/${shipment}/timeline?enterprise_id=${LARGE}`,
  page: () => `/v1/logs?enterprise_id=${LARGE}&limit=50`,
} satisfies Record<string, Question>;

export const history = figure({
  number: 11,
  title: "10⁶ messages (--quick 10⁵, --large 10⁷) vs 10⁴",
  goals: {
    shipment: { what: "history of one shipment, p50", kind: "wall", unit: "×", limit: { atMost: 1.5 } },
    page: { what: "a page of logs, p50", kind: "wall", unit: "×", limit: { atMost: 2 } },
  },
  measure: async (bench) => {
    const { stage, large, quick, rounds } = bench;
    const rows = large ? 10_000_000 : quick ? 100_000 : 1_000_000;
    const few = await openHistory(bench, FEW_ROWS);
    const many = await openHistory(bench, rows);
    const ask = async (url: string, question: Question, of: number) => {
      const step = Math.floor(of / PER_SHIPMENT / 2 / SHIPMENTS);
      const times: number[] = [];
      for (let number = 0; number < SHIPMENTS; number += 1) {
        const path = question(shipmentOfLarge(number * step));
        const began = performance.now();
        const answer = await fetch(url + path, { headers: { authorization: `Bearer ${stage.apiKey}` } });
        const { data } = (await answer.json()) as { data?: unknown[] };
        times.push(performance.now() - began);
        if (!data?.length) throw new Error(`${path} was answered ${answer.status} without rows.`);
      }
      return percentile(
        times.toSorted((a, b) => a - b),
        0.5,
      );
    };
    const compare = (question: Question) =>
      interleave(rounds, {
        few: () => ask(few.url, question, FEW_ROWS),
        many: () => ask(many.url, question, rows),
      });
    try {
      const [shipment, page] = [await compare(QUESTIONS.shipment), await compare(QUESTIONS.page)];
      return {
        values: { shipment: ratios(shipment.many, shipment.few), page: ratios(page.many, page.few) },
        notes: [
          `${rows} messages: a shipment in ${short(median(shipment.many))} ms, a page of 50 in ${short(median(page.many))} ms; ${FEW_ROWS}: ${short(median(shipment.few))} ms, ${short(median(page.few))} ms`,
          `${rows} rows each in deliveries, attempts, receipts and logs took ${short(many.filledInS)} s to fill; half of them are the enterprise's that asks`,
        ],
      };
    } finally {
      await few.close();
      await many.close();
    }
  },
});

/** A database of its own with so many messages, and the Worker in front of it. */
async function openHistory({ stage, say }: Bench, rows: number) {
  const address = { ...stage.mariadb.address, database: `history_${rows}` };
  await createDatabase(address);
  const bridge = await stage.startBridge(address.database);
  await migrateDatabase({ databaseUrl: bridge.url, log: () => undefined });
  await seedKeys(bridge.url, [stage.apiKey]);
  say(`    filling ${rows} rows …`);
  const began = performance.now();
  unpin(stage.mariadb.pid());
  await fillHistory(address, rows);
  pinTo(stage.mariadb.pid(), CPU.surroundings);
  const filledInS = (performance.now() - began) / 1000;
  const service = await stage.startService({ DATABASE_URL: bridge.url });
  return {
    url: service.url,
    filledInS,
    close: async () => {
      await service.stop();
      await bridge.stop();
      await stage.database.query(`DROP DATABASE ${address.database}`);
    },
  };
}
