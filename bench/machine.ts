import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { findWorkerd } from "../dev/rig/bundle.ts";
import { canPin, CPU } from "./pin.ts";
import type { Stage } from "./stage.ts";

/** What the figures were measured on, and with what. */
export type Machine = {
  processors: string;
  memoryGb: number;
  system: string;
  node: string;
  workerd: string;
  database: string;
  pinned: boolean;
  loadBefore: number[];
};

export async function describeMachine({ database }: Stage): Promise<Machine> {
  const [version] = await database.query<{ version: string }>("SELECT VERSION() AS version");
  return {
    processors: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    workerd: execFileSync(findWorkerd(), ["--version"], { encoding: "utf8" }).trim(),
    database: version?.version ?? "unknown",
    pinned: canPin(),
    loadBefore: loadavg(),
  };
}

export function machineLines({ processors, memoryGb, system, node, workerd, database, pinned, loadBefore }: Machine) {
  return [
    `${processors}, ${memoryGb} GB, ${system}; Node ${node}, ${workerd}, MariaDB ${database}`,
    `load average ${loadBefore.map((load) => load.toFixed(2)).join(", ")}; ${
      pinned
        ? `workerd on processor ${CPU.workerd}, everything else on processor ${CPU.surroundings}`
        : "processes are not kept on processors (no taskset)"
    }`,
  ];
}
