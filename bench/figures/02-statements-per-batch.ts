import { assertSent, batches, makeDue } from "../due.ts";
import { figure } from "../figure.ts";

const SIZES = [1, 2, 5, 10, 25, 50, 75, 100];
const QUICK_SIZES = [1, 50, 100];

export const statementsPerBatch = figure({
  number: 2,
  title: "statements of the consumer",
  goals: {
    most: { what: "per batch of any size", kind: "count", unit: "", limit: { atMost: 7 } },
    each: { what: "per delivery at batch 50", kind: "count", unit: "", limit: { atMost: 0.15 } },
  },
  measure: async (bench) => {
    const { stage, quick } = bench;
    const sizes = quick ? QUICK_SIZES : SIZES;
    const bells = await makeDue(
      bench,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    const bySize = new Map<number, number>();
    let from = 0;
    for (const size of sizes) {
      const [body = ""] = batches(bells.slice(from, from + size), size);
      from += size;
      const before = await stage.statements();
      const answer = await fetch(`${stage.service.frontUrl}/queue/notify-sms`, { method: "POST", body });
      if (answer.status !== 200) throw new Error(`A batch of ${size} was not heard: ${await answer.text()}`);
      bySize.set(size, (await stage.statements()) - before);
    }
    await assertSent(bench, bells);
    return {
      values: { most: [Math.max(...bySize.values())], each: [(bySize.get(50) ?? Number.NaN) / 50] },
      notes: [`statements by batch size: ${[...bySize].map(([size, count]) => `${size}: ${count}`).join(", ")}`],
    };
  },
});
