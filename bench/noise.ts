import { loadavg } from "node:os";
import type { Bench } from "./context.ts";
import { cpuMs, machineCpu } from "./cpu.ts";

/** A Worker that does nothing answers in a millisecond or two; when even it takes this long, clocks tell nothing. */
const SLOWEST_HELLO_MS = 50;

/** When others use more of the machine than this share, rates and latencies are theirs as well. */
const MOST_FOREIGN = 0.15;

/** Few enough to leave the machine idle. */
const HELLOS_PER_SECOND = 200;

/** What the machine did while a figure was measured. */
export type Noise = {
  /** The 99th percentile of a Worker that only answers, in ms, at a low rate. */
  helloP99Ms: number;
  /** Share of the machine's CPU time that went to processes that are not the bench's; null where it is not known. */
  foreign: number | null;
  /** Share that the host of this machine took away. */
  steal: number | null;
  load: number;
};

/** Watches the machine while `measure` runs. */
export async function watchNoise<Result>(
  bench: Bench,
  measure: () => Promise<Result>,
): Promise<{ result: Result; noise: Noise }> {
  const before = { own: ownCpu(bench), machine: machineCpu() };
  const helloP99Ms = await helloP99(bench);
  const result = await measure();
  const after = { own: ownCpu(bench), machine: machineCpu() };
  const noise: Noise = { helloP99Ms, foreign: null, steal: null, load: loadavg()[0] ?? 0 };
  if (before.machine !== null && after.machine !== null) {
    const total = after.machine.totalMs - before.machine.totalMs;
    let own = 0;
    for (const [pid, used] of after.own) own += used - (before.own.get(pid) ?? 0);
    noise.foreign = Math.max(0, after.machine.busyMs - before.machine.busyMs - own) / total;
    noise.steal = (after.machine.stealMs - before.machine.stealMs) / total;
  }
  return { result, noise };
}

/** Why clocks cannot be trusted; empty when they can. */
export function whyNoisy({ helloP99Ms, foreign, steal }: Noise): string[] {
  return [
    ...(helloP99Ms > SLOWEST_HELLO_MS ? [`a Worker that only answers took ${helloP99Ms.toFixed(0)} ms at p99`] : []),
    ...((foreign ?? 0) > MOST_FOREIGN ? [`others used ${percent(foreign ?? 0)} of the machine`] : []),
    ...((steal ?? 0) > MOST_FOREIGN ? [`its host took ${percent(steal ?? 0)} of it away`] : []),
  ];
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

async function helloP99({ stage, load, quick }: Bench): Promise<number> {
  const hello = await stage.contender("hono");
  const { latencyMs } = await load({
    url: `${hello.url}/`,
    headers: {},
    bodies: { kind: "counted", templates: ['{"shipment_id":"{id}"}'], prefix: "hello-" },
    connections: 4,
    pace: { kind: "open", perSecond: HELLOS_PER_SECOND },
    warmUpMs: 100,
    windowMs: quick ? 400 : 1_000,
    expect: 202,
    cpuOf: {},
  });
  return latencyMs.p99;
}

function ownCpu({ stage }: Bench): Map<number, number> {
  return new Map(stage.pids().map((pid) => [pid, cpuMs(pid) ?? 0]));
}
