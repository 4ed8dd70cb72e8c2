import * as z from "zod";
import { timelineQuery, updateQuery } from "../../../src/domain/reading-query.ts";
import { ENTRY_TYPES } from "../../../src/domain/timeline.ts";
import { delivery, id, instant, nextCursor, pageNotes, wholeNumber } from "../answers.ts";
import type { Group } from "../operation.ts";
import { timeline, update } from "./reading-examples.ts";
import { listOperations } from "./reading-lists.ts";

const entry = z
  .object({
    at: instant,
    type: z.enum(ENTRY_TYPES),
    delivery_id: id("dlv"),
    status: z.string(),
    channel: z.string(),
    gateway: z.nullable(z.string()),
    attempt_id: z.nullable(id("att")),
    attempt_no: z.nullable(wholeNumber),
    outcome: z.nullable(z.string()).meta({ description: "the one word that it came to" }),
    code: z.nullable(z.string()),
    provider_code: z.nullable(z.string()),
    provider_id: z.nullable(z.string()),
    source: z.nullable(z.string()).meta({ description: "who a receipt or a reconciliation is from" }),
    reason: z.nullable(z.string()),
    text: z.string().meta({ description: "the entry as a sentence" }),
  })
  .meta({ id: "TimelineEntry" });

/** What happened. */
export const readingGroup: Group = {
  name: "Reading",
  description: "What happened, and why. Nothing that is read here has an address or a text in it.",
  operations: [
    {
      id: "getTimeline",
      method: "GET",
      path: "/v1/shipments/{shipment_id}/timeline",
      access: "read",
      summary: "Tell the story of a shipment",
      description:
        "How each delivery stands and everything that happened, oldest first, with the reasons in words. `deliveries` holds the newest 200 of the shipment.",
      path_parameters: { shipment_id: "the shipment" },
      query: { schema: timelineQuery, notes: pageNotes },
      answers: [
        {
          status: 200,
          description: "The story.",
          schema: z
            .object({
              enterprise_id: z.string(),
              shipment_id: z.string(),
              deliveries: z.array(delivery),
              data: z.array(entry),
              next: nextCursor,
            })
            .meta({ id: "Timeline" }),
        },
      ],
      problems: ["not_found"],
      examples: [
        {
          name: "story",
          summary: "Why did they not get it?",
          turn: 1,
          request: { path: { shipment_id: "SH-1002" }, query: { enterprise_id: "demo" } },
          answer: { status: 200, body: timeline },
          varies: true,
        },
      ],
    },
    {
      id: "getUpdate",
      method: "GET",
      path: "/v1/updates/{update_id}",
      access: "read",
      summary: "Show an update",
      description: "An update with its deliveries, by the id that it was answered with.",
      path_parameters: { update_id: "the id of the update" },
      query: { schema: updateQuery, notes: { enterprise_id: "whose update" } },
      answers: [
        {
          status: 200,
          description: "The update.",
          schema: z
            .object({
              update_id: id("upd"),
              enterprise_id: z.string(),
              shipment_id: z.string(),
              status: z.string(),
              timestamp: instant,
              accepted_at: instant,
              expires_at: instant,
              deliveries: z.array(delivery),
            })
            .meta({ id: "Update" }),
        },
      ],
      problems: ["not_found"],
      examples: [
        {
          name: "update",
          summary: "An update by its id",
          turn: 1,
          request: { path: { update_id: update.update_id }, query: { enterprise_id: "demo" } },
          answer: { status: 200, body: update },
          varies: true,
        },
      ],
    },
    ...listOperations,
  ],
};
