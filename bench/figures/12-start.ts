import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { threadsCpuMs } from "../cpu.ts";
import { figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { short } from "../report.ts";
import { median } from "../statistics.ts";
import type { Workerd } from "../workerd.ts";

export const start = figure({
  number: 12,
  title: "as deployed",
  goals: {
    gzip: { what: "bundle, gzip", kind: "count", unit: "kB", limit: { atMost: 100 } },
    startUp: { what: "start-up CPU", kind: "cpu", unit: "ms", limit: { atMost: 50 } },
  },
  measure: async ({ stage, quick }) => {
    const started = async (begin: () => Promise<Workerd>) => {
      const workerd = await begin();
      const used = threadsCpuMs(workerd.pid);
      await workerd.stop();
      return used;
    };
    const { ours, empty } = await interleave(quick ? 3 : 7, {
      ours: () => started(() => stage.startService()),
      empty: () => started(() => stage.startContender("empty")),
    });
    const isKnown = !ours.includes(null) && !empty.includes(null);
    return {
      values: {
        gzip: [gzipSize(stage.bundle) / 1000],
        startUp: isKnown ? ours.map((ms, round) => (ms ?? 0) - (empty[round] ?? 0)) : null,
      },
      notes: isKnown
        ? [
            `CPU from spawn to first answer: ${short(median(ours as number[]))} ms, of an empty Worker ${short(
              median(empty as number[]),
            )} ms`,
          ]
        : [],
    };
  },
});

/** What would be uploaded: the dry run also writes a read-me and source maps, which do not count. */
function gzipSize(folder: string): number {
  const modules = readdirSync(folder).filter((file) => !/\.(map|md)$/.test(file));
  return modules.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).byteLength, 0);
}
