import { auditGroup } from "./groups/audit.ts";
import { callbackGroup } from "./groups/callbacks.ts";
import { channelGroup } from "./groups/channels.ts";
import { customerGroup } from "./groups/customers.ts";
import { keptGatewayGroup } from "./groups/gateways.ts";
import { keyGroup } from "./groups/keys.ts";
import { subscriptionGroup } from "./groups/subscriptions.ts";
import { gatewayGroup } from "./groups/channel-gateways.ts";
import { healthGroup } from "./groups/health.ts";
import { updateGroup } from "./groups/order-updates.ts";
import { readingGroup } from "./groups/reading.ts";
import { redriveGroup } from "./groups/redrive.ts";
import { templateGroup } from "./groups/templates.ts";
import type { Group } from "./operation.ts";

/** The whole reference, in the order in which it is read. */
export const GROUPS: Group[] = [
  updateGroup,
  readingGroup,
  customerGroup,
  channelGroup,
  keptGatewayGroup,
  subscriptionGroup,
  templateGroup,
  keyGroup,
  auditGroup,
  gatewayGroup,
  redriveGroup,
  callbackGroup,
  healthGroup,
];
