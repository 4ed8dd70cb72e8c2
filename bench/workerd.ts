import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "../dev/free-port.ts";
import { findWorkerd } from "../dev/rig/bundle.ts";
import type { Processes } from "../dev/rig/processes.ts";
import { untilAnswers } from "../dev/rig/until-answers.ts";
import { readWranglerToml } from "../dev/rig/wrangler-toml.ts";
import { bundleContender, type Contender } from "./contenders.ts";
import { CPU, pinTo } from "./pin.ts";
import { contenderConfig, serviceConfig } from "./workerd-config.ts";

/** One workerd with one Worker that is measured, so that its CPU time is that Worker's. */
export type Workerd = { pid: number; url: string; stop: () => Promise<void> };

/** The built Worker, and the door through which its queue and its cron are rung (`parts/front.js`). */
export type Service = Workerd & { frontUrl: string };

export type WorkerdOptions = {
  name: string;
  folder: string;
  processes: Processes;
  vars: Record<string, string>;
  /** Address of V8's inspector, `127.0.0.1:port`, for a profile. */
  inspector?: string;
};

/** `bundle`: the folder of the built Worker. */
export async function startService(options: WorkerdOptions & { bundle: string; brokerPort: number }): Promise<Service> {
  const folder = ownFolder(options);
  copyFileSync(join(options.bundle, "index.js"), join(folder, "index.js"));
  copyFileSync(join(import.meta.dirname, "parts/front.js"), join(folder, "front.js"));
  const [port, frontPort] = [await findFreePort(), await findFreePort()];
  const config = serviceConfig({ ...readWranglerToml(), ...options, port, frontPort });
  return { ...(await start(options, folder, config, port)), frontUrl: `http://127.0.0.1:${frontPort}` };
}

export async function startContender(contender: Contender, options: WorkerdOptions): Promise<Workerd> {
  const folder = ownFolder(options);
  await bundleContender(contender, join(folder, "index.js"));
  const port = await findFreePort();
  const { compatibilityDate } = readWranglerToml();
  const config = contenderConfig({ vars: options.vars, port, compatibilityDate });
  return start(options, folder, config, port);
}

function ownFolder({ folder, name }: WorkerdOptions): string {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  return own;
}

async function start(
  { name, processes, inspector }: WorkerdOptions,
  folder: string,
  config: string,
  port: number,
): Promise<Workerd> {
  writeFileSync(join(folder, "config.capnp"), config, { mode: 0o600 });
  const args = ["serve", "--experimental", "config.capnp", ...(inspector ? [`--inspector-addr=${inspector}`] : [])];
  const started = processes.startProgram(name, findWorkerd(), args, folder);
  pinTo(started.pid, CPU.workerd);
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/health`, started, name);
  return {
    pid: started.pid,
    url,
    stop: async () => {
      started.signal("SIGKILL");
      await started.ended;
    },
  };
}
