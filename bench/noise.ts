import { loadavg } from "node:os";
import type { Bench } from "./context.ts";
import { cpuMs, endedChildrenCpuMs, machineCpu } from "./cpu.ts";
import type { Figure, Measured } from "./figure.ts";

/** A Worker that does nothing answers in a millisecond or two; when even it takes this long, clocks tell nothing. */
const SLOWEST_HELLO_MS = 50;

/** When others use more of the machine than this share, rates and latencies are theirs as well. */
const MOST_FOREIGN = 0.15;

/** Few enough to leave the machine idle. */
const HELLOS_PER_SECOND = 200;

/** What the machine did while a figure was measured. */
export type Noise = {
  /** The 99th percentile of a Worker that only answers, in ms, at a low rate; null where no clock matters. */
  helloP99Ms: number | null;
  /** Share of the machine's CPU time that went to processes that are not the bench's; null where it is not known. */
  foreign: number | null;
  /** Share that the host of this machine took away. */
  steal: number | null;
  load: number;
};

/** Of a figure that ended before its time. */
export function unwatched(): Noise {
  return { helloP99Ms: null, foreign: null, steal: null, load: loadavg()[0] ?? 0 };
}

/** Watches the machine while a figure is measured. */
export async function watchNoise(bench: Bench, figure: Figure): Promise<{ measured: Measured; noise: Noise }> {
  const before = { own: ownCpu(bench), machine: machineCpu() };
  const isTimed = Object.values(figure.goals).some(({ kind }) => kind === "wall");
  const helloP99Ms = isTimed ? await helloP99(bench) : null;
  const measured = await figure.measure(bench);
  const after = { own: ownCpu(bench), machine: machineCpu() };
  const noise: Noise = { ...unwatched(), helloP99Ms };
  if (before.machine !== null && after.machine !== null) {
    const total = after.machine.totalMs - before.machine.totalMs;
    let own = 0;
    for (const pid of new Set([...before.own.keys(), ...after.own.keys()])) {
      own += (after.own.get(pid) ?? 0) - (before.own.get(pid) ?? 0);
    }
    noise.foreign = Math.max(0, after.machine.busyMs - before.machine.busyMs - own) / total;
    noise.steal = (after.machine.stealMs - before.machine.stealMs) / total;
  }
  return { measured, noise };
}

/** Why clocks cannot be trusted; empty when they can. */
export function whyNoisy({ helloP99Ms, foreign, steal }: Noise): string[] {
  return [
    ...((helloP99Ms ?? 0) > SLOWEST_HELLO_MS
      ? [`a Worker that only answers took ${helloP99Ms?.toFixed(0)} ms at p99`]
      : []),
    ...((foreign ?? 0) > MOST_FOREIGN ? [`others used ${percent(foreign ?? 0)} of the machine`] : []),
    ...((steal ?? 0) > MOST_FOREIGN ? [`its host took ${percent(steal ?? 0)} of it away`] : []),
  ];
}

/** `hello-world p99 5.7 ms, load 3.68, others used 2 % of the machine` */
export function noiseInWords({ helloP99Ms, foreign, load }: Noise): string {
  return [
    ...(helloP99Ms === null ? [] : [`hello-world p99 ${helloP99Ms.toFixed(1)} ms`]),
    `load ${load.toFixed(2)}`,
    ...(foreign === null ? [] : [`others used ${percent(foreign)} of the machine`]),
  ].join(", ");
}

function percent(share: number): string {
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

/** Stands for all processes of the bench that have ended: what they used is told of their parent then. */
const ENDED = 0;

function ownCpu({ stage }: Bench): Map<number, number> {
  return new Map([
    [ENDED, endedChildrenCpuMs()],
    ...stage.pids().map((pid): [number, number] => [pid, cpuMs(pid) ?? 0]),
  ]);
}
