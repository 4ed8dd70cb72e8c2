import type { Services } from "../services.ts";

/** The gateways that are everyone's, and those of an enterprise, with their channels; in the original's shape. */
export function listChannelGateways(services: Pick<Services, "gateways">, enterpriseId: string | null) {
  return services.gateways.list(enterpriseId);
}
