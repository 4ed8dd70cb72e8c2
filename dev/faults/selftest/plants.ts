import { PROCESS_PLANTS } from "./process-plants.ts";
import type { Plant } from "./plant.ts";
import { SIMULATION_PLANTS } from "./simulation-plants.ts";

/** Every bug that is planted, those that are quick to catch first. */
export const PLANTS: readonly Plant[] = [...SIMULATION_PLANTS, ...PROCESS_PLANTS];
