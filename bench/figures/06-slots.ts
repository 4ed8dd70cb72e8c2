import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readQueueSettings } from "../broker/queue-settings.ts";
import { assertSent, batches, makeDue } from "../due.ts";
import { figure } from "../figure.ts";
import { short } from "../report.ts";
import { withLatency } from "../sends.ts";
import { median } from "../statistics.ts";

const PROVIDER_MS = 100;

/** The platform lets six requests of an invocation wait for their answers at once. */
const SLOTS = 6;

export const slots = figure({
  number: 6,
  title: "share of the six slots kept busy, provider at 100 ms",
  goals: {
    busy: { what: "over a whole invocation", kind: "wall", unit: "%", limit: { atLeast: 90 } },
  },
  measure: async (bench) => {
    const { stage, rounds } = bench;
    const size = deployedBatchSize();
    const bells = await makeDue(bench, (rounds + 1) * size);
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
    const bound = size / (SLOTS * Math.ceil(size / SLOTS));
    return {
      values: { busy: took.map((ms) => (100 * size * PROVIDER_MS) / (SLOTS * ms)) },
      notes: [
        `${size} bells (max_batch_size) with one delivery each took ${short(median(took))} ms; six at a time cannot be busy for more than ${short(100 * bound)} % of it`,
      ],
    };
  },
});

function deployedBatchSize(): number {
  const toml = readFileSync(join(import.meta.dirname, "../../wrangler.toml"), "utf8");
  const sms = readQueueSettings(toml).find(({ name }) => name === "notify-sms");
  if (sms === undefined) throw new Error("wrangler.toml has no consumer of notify-sms.");
  return sms.batchSize;
}
