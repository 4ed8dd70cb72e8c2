import * as z from "zod";
import { channelBody, channelChangesBody } from "../../../src/domain/channel.ts";
import { KINDS } from "../../../src/domain/lane.ts";
import { resourceQueries } from "../../../src/domain/resource-query.ts";
import { pageNotes } from "../answers.ts";
import type { Group } from "../operation.ts";
import { operationsOf } from "./kept.ts";

const channel = z
  .object({
    channel_id: z.string().meta({ description: "`ch_…`; of those that come with the service `ch_sms` and so on" }),
    channel_name: z.string(),
    kind: z.enum(KINDS),
  })
  .meta({ id: "Channel" });

const whole = { channel_id: "ch_01a2076cdd2f726fba3d2a35110a7701", channel_name: "Voice", kind: "other" };

/** How somebody is reached. */
export const channelGroup: Group = {
  name: "Channels",
  description: "How somebody is reached.",
  operations: operationsOf({
    one: "a channel",
    id: "Channel",
    path: "/v1/channels",
    key: { channel_id: "the channel" },
    schema: channel,
    query: {
      schema: resourceQueries.channels,
      notes: { limit: pageNotes["limit"] ?? "", cursor: pageNotes["cursor"] ?? "" },
    },
    add: {
      schema: channelBody,
      description: "It carries nothing before it has a gateway.",
      notes: {
        channel_name: "upper and lower case are the same name",
        kind: "which adapters carry it; `other` takes any. It is for good",
      },
      problems: ["channel_exists"],
    },
    change: {
      schema: channelChangesBody,
      fixed: ["kind"],
      description: "Renames it. What was accepted before keeps the name that it had.",
      problems: ["channel_exists"],
    },
    remove: { turn: 5, description: "Only one without gateways and subscriptions goes.", problems: ["in_use"] },
    missing: "channel_not_found",
    listed: { query: { limit: "10" } },
    example: {
      added: { channel_name: "Voice", kind: "other" },
      whole,
      key: { channel_id: whole.channel_id },
      changes: { channel_name: "Voice calls" },
      changed: { ...whole, channel_name: "Voice calls" },
    },
  }),
};
