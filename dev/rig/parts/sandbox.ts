import { startSandbox } from "../../sandbox/server.ts";
import type { SandboxOptions } from "../../sandbox/options.ts";
import { servePart } from "./serve-part.ts";

servePart(async (options: SandboxOptions) => {
  const { ledger: _, stop: __, ...facts } = await startSandbox(options);
  return facts;
});
