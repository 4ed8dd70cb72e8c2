import { reviewHealth } from "../domain/gateway-health.ts";
import type { Services } from "../services.ts";

/** Changes the health of gateways by what their last calls came to. One statement when nothing changes. */
export async function reviewGateways({ health, times, log }: Pick<Services, "health" | "times" | "log">) {
  let changed = 0;
  for (const tally of await health.tally()) {
    const change = reviewHealth(tally, times);
    if (change === null || !(await health.change(change))) continue;
    changed += 1;
    log.info("gateway_health", { gateway_id: change.gatewayId, health: change.health, reason: change.reason });
  }
  return changed;
}
