import * as z from "zod";
import { resourceQueries } from "../../../src/domain/resource-query.ts";
import { subscriptionBody, subscriptionChangesBody } from "../../../src/domain/subscription.ts";
import { pageNotes } from "../answers.ts";
import type { Group } from "../operation.ts";
import { operationsOf } from "./kept.ts";

const subscription = z
  .object({
    enterprise_id: z.string(),
    channel_id: z.string(),
    gateway_id: z.string(),
    enabled: z.boolean(),
    statuses: z.nullable(z.array(z.string())),
  })
  .meta({ id: "Subscription" });

const key = { enterprise_id: "acme", channel_id: "ch_sms", gateway_id: "gw_twilio" };
const whole = { ...key, enabled: true, statuses: ["shipped", "delivered"] };

/** Through which gateways an enterprise is reached. */
export const subscriptionGroup: Group = {
  name: "Subscriptions",
  description: "Through which gateways an enterprise is reached, and of what it is told.",
  operations: operationsOf({
    one: "a subscription",
    id: "Subscription",
    path: "/v1/subscriptions",
    key: { enterprise_id: "whose", channel_id: "on which channel", gateway_id: "through which gateway" },
    schema: subscription,
    query: { schema: resourceQueries.subscriptions, notes: pageNotes },
    add: {
      schema: subscriptionBody,
      description:
        "Several gateways of one channel are no several messages: the one of the lowest priority is asked first, the others if it surely did not send.",
      notes: {
        enterprise_id: "whose",
        channel_id: "on which channel",
        gateway_id: "through which gateway of that channel",
        enabled: "`true` unless given",
        statuses: "the statuses that are wanted, in any case; null or left out: all",
      },
      problems: ["subscription_exists", "enterprise_not_found", "gateway_not_found"],
    },
    change: {
      schema: subscriptionChangesBody,
      fixed: ["enterprise_id", "channel_id", "gateway_id"],
      description: "A JSON merge patch (RFC 7396): null for `statuses` means all.",
      problems: [],
    },
    remove: { turn: 4, description: "What is still due through it is skipped as `unsubscribed`.", problems: [] },
    missing: "subscription_not_found",
    listed: { query: { enterprise_id: "acme" } },
    example: {
      added: { ...key, statuses: ["Shipped", "delivered"] },
      whole,
      key,
      changes: { statuses: null },
      changed: { ...whole, statuses: null },
    },
  }),
};
