import type { Services } from "../services.ts";

/** Every gateway with its channel, in the original's shape. */
export function listChannelGateways(services: Pick<Services, "channels">) {
  return services.channels.list();
}
