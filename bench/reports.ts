import type { LoadReport } from "./load/order.ts";
import { short } from "./report.ts";
import { median, ratios } from "./statistics.ts";

/** CPU of the Worker per request, in µs; null where it is not known. */
export function cpuPerRequest({ cpuMs, requests }: LoadReport): number | null {
  const { worker = null } = cpuMs;
  return worker === null ? null : (worker * 1000) / requests;
}

export function cpuRatios(ours: LoadReport[], theirs: LoadReport[]): number[] | null {
  const [left, right] = [ours.map(cpuPerRequest), theirs.map(cpuPerRequest)];
  if (left.includes(null) || right.includes(null)) return null;
  return ratios(left as number[], right as number[]);
}

export function rateRatios(ours: LoadReport[], theirs: LoadReport[]): number[] {
  return ratios(
    ours.map(({ perSecond }) => perSecond),
    theirs.map(({ perSecond }) => perSecond),
  );
}

/** `2100/s, 260 µs of CPU, p50 7.1 ms`: medians of the rounds. */
export function inWords(reports: LoadReport[]): string {
  const cpu = reports.map(cpuPerRequest).filter((one) => one !== null);
  return [
    `${short(median(reports.map(({ perSecond }) => perSecond)))}/s`,
    ...(cpu.length > 0 ? [`${short(median(cpu))} µs of CPU`] : []),
    `p50 ${short(median(reports.map(({ latencyMs }) => latencyMs.p50)))} ms`,
    `p99 ${short(median(reports.map(({ latencyMs }) => latencyMs.p99)))} ms`,
  ].join(", ");
}
