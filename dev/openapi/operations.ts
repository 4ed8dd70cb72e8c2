import { callbackGroup } from "./groups/callbacks.ts";
import { gatewayGroup } from "./groups/channel-gateways.ts";
import { healthGroup } from "./groups/health.ts";
import { updateGroup } from "./groups/order-updates.ts";
import { readingGroup } from "./groups/reading.ts";
import { redriveGroup } from "./groups/redrive.ts";
import type { Group } from "./operation.ts";

/** The whole reference, in the order in which it is read. */
export const GROUPS: Group[] = [updateGroup, readingGroup, gatewayGroup, redriveGroup, callbackGroup, healthGroup];
