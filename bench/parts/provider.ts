import { servePart } from "../../dev/rig/parts/serve-part.ts";
import { startProvider, type ProviderOptions } from "../provider/provider.ts";

servePart(async (options: ProviderOptions) => {
  const { stop: _, ...facts } = await startProvider(options);
  return facts;
});
