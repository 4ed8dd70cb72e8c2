import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MAX_IDS_PER_BELL } from "../../src/domain/bell.ts";
import { readQueueSettings } from "../broker/queue-settings.ts";
import { assertSent, batches, makeDue, type BellBody } from "../due.ts";
import { EACH } from "../enterprises.ts";
import { figure } from "../figure.ts";
import { short } from "../report.ts";
import { withLatency } from "../sends.ts";
import { median } from "../statistics.ts";

const PROVIDER_MS = 100;

/** The platform lets six requests of an invocation wait for their answers at once. */
const SLOTS = 6;

/** About what a batch should come to; where fewer bells make a batch, each names more deliveries. */
const DELIVERIES = 60;

export const slots = figure({
  number: 6,
  title: "share of the six slots kept busy, provider at 100 ms",
  goals: {
    busy: { what: "over a whole invocation", kind: "wall", unit: "%", limit: { atLeast: 90 } },
  },
  measure: async (bench) => {
    const { stage, rounds } = bench;
    const size = deployedBatchSize();
    const each = Math.max(1, Math.min(MAX_IDS_PER_BELL, Math.round(DELIVERIES / size)));
    const due = await makeDue(bench, (rounds + 1) * size * each + EACH * each);
    const bells = fullBells(due, each).slice(0, (rounds + 1) * size);
    const [warmUp = "", ...bodies] = batches(bells, size);
    const hear = async (body: string) => {
      const began = performance.now();
      const answer = await fetch(`${stage.service.frontUrl}/queue/notify-sms`, { method: "POST", body });
      if (answer.status !== 200) throw new Error(`A batch was not heard: ${await answer.text()}`);
      return performance.now() - began;
    };
    await hear(warmUp);
    const took: number[] = [];
    await withLatency(stage, PROVIDER_MS, async () => {
      for (const body of bodies) took.push(await hear(body));
    });
    await assertSent(bench, bells);
    const deliveries = size * each;
    const bound = deliveries / (SLOTS * Math.ceil(deliveries / SLOTS));
    return {
      values: { busy: took.map((ms) => (100 * deliveries * PROVIDER_MS) / (SLOTS * ms)) },
      notes: [
        `a full batch of ${size} bells for ${deliveries} deliveries took ${short(median(took))} ms; six at a time cannot be busy for more than ${short(100 * bound)} % of it`,
      ],
    };
  },
});

/** The same deliveries named by bells of so many, each of one enterprise; what does not fill a bell is left out. */
function fullBells(due: readonly BellBody[], each: number): BellBody[] {
  const byEnterprise = Map.groupBy(due, (bell) => bell.enterprise_id);
  return [...byEnterprise].flatMap(([enterprise_id, bells]) => {
    const ids = bells.flatMap((bell) => bell.delivery_ids);
    return Array.from({ length: Math.floor(ids.length / each) }, (_, bell): BellBody => {
      return { v: 1, enterprise_id, delivery_ids: ids.slice(bell * each, (bell + 1) * each) };
    });
  });
}

function deployedBatchSize(): number {
  const toml = readFileSync(join(import.meta.dirname, "../../wrangler.toml"), "utf8");
  const sms = readQueueSettings(toml).find(({ name }) => name === "notify-sms");
  if (sms === undefined) throw new Error("wrangler.toml has no consumer of notify-sms.");
  return sms.batchSize;
}
