import { createRandom } from "../random.ts";
import { clearProviders, runProviderFaults } from "./provider-faults.ts";
import type { NemesisContext } from "./context.ts";
import { runNetworkFaults, usualMode } from "./network-faults.ts";
import { runProcessFaults } from "./process-faults.ts";

export type NemesisOptions = Omit<NemesisContext, "random"> & { seed: number };

/**
 * Does harm on four tracks at once, processes, networks, providers and look-ups, until `until`; then everything
 * is put right again. The seed decides what is done and in which order, the service how long each waits for a victim.
 */
export async function runNemesis({ seed, ...shared }: NemesisOptions): Promise<void> {
  const track = (name: string) => ({ ...shared, random: createRandom(seed, name) });
  await Promise.all([
    runProcessFaults(track("processes")),
    runNetworkFaults(track("networks")),
    runProviderFaults(track("providers"), "sends"),
    runProviderFaults(track("look-ups"), "lookups"),
  ]);
  for (const [name, network] of shared.stage.networks) await network.set(usualMode(name));
  await clearProviders(shared.stage.sandboxUrl);
}
