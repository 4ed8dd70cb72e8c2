import * as z from "zod";
import { orderUpdateBody } from "../../../src/domain/order-update.ts";
import { MAX_UPDATES } from "../../../src/domain/order-updates.ts";
import type { Example, Group } from "../operation.ts";
import { problem } from "../problems.ts";
import { accepted, deliveries, many, results, shipped } from "./order-updates-answers.ts";

const examples: Example[] = [
  {
    name: "shipped",
    summary: "A parcel was shipped",
    request: { headers: { "Idempotency-Key": "order-1002-shipped" }, body: shipped },
    answer: {
      status: 202,
      body: {
        status: 202,
        message: "Accepted.",
        update_id: "upd_01a2076c0fe270aeaa98efd92b541170",
        deliveries,
        skipped: [],
      },
    },
  },
  {
    name: "again",
    summary: "The same update once more",
    request: { headers: { "Idempotency-Key": "order-1002-shipped" }, body: shipped },
    answer: {
      status: 202,
      headers: { "Idempotency-Replayed": "true" },
      body: {
        status: 202,
        message: "Accepted before; nothing was sent again.",
        update_id: "upd_01a2076c0fe270aeaa98efd92b541170",
        deliveries: deliveries.map((delivery) => ({ ...delivery, state: "sent" })),
        skipped: [],
      },
    },
    varies: true,
  },
  {
    name: "other_content",
    summary: "The key of another update",
    request: {
      headers: { "Idempotency-Key": "order-1002-shipped" },
      body: { ...shipped, status: "out for delivery", timestamp: "2026-11-23T09:10:00+01:00" },
    },
    answer: {
      status: 422,
      body: problem("content_mismatch", "This Idempotency-Key was used before for another update. Nothing was sent."),
    },
  },
  {
    name: "wrong_fields",
    summary: "Every wrong field is named at once",
    request: { body: { ...shipped, status: "", timestamp: "23.11.2026" } },
    answer: {
      status: 400,
      body: problem("invalid_request", "The order update is not valid. See 'errors' for each wrong field.", {
        errors: [
          { pointer: "/status", message: "must not be empty" },
          {
            pointer: "/timestamp",
            message: "must be 'YYYY-MM-DD HH:MM:SS' (read as UTC) or RFC 3339 with an offset",
          },
        ],
      }),
    },
  },
  {
    name: "unknown_enterprise",
    summary: "An enterprise that does not exist",
    request: { body: { ...shipped, enterprise_id: "nobody" } },
    answer: {
      status: 404,
      body: problem("enterprise_not_found", "There is no enterprise with this enterprise_id."),
    },
  },
];

/** What clients send. */
export const updateGroup: Group = {
  name: "Order updates",
  description: "What a shop's systems send when the status of an order changes.",
  operations: [
    {
      id: "postOrderUpdate",
      method: "POST",
      path: "/",
      access: "send",
      summary: "Accept an order update, or many",
      description: `Stores one delivery, or one skip with its reason, for each channel that the enterprise subscribes to, and answers when all of them are committed. What is sent, and what came of it, is read by the timeline of the shipment.

The same enterprise, shipment, status and instant again is a repeat: nothing is sent again, and the answer has the ids of the first time, with \`Idempotency-Replayed: true\`. After a \`503\` or a lost connection, repeat the same post.

An array takes up to ${MAX_UPDATES} updates at once, 1 MiB in all. Each is answered as if it had come alone, in \`results\`; the answer is \`207\` whatever they are. Only a \`503\` is about all of them.`,
      request_headers: {
        "Idempotency-Key": {
          description: "1 to 255 visible ASCII characters, quoted or not; a second key, for that enterprise",
          schema: { type: "string", minLength: 1, maxLength: 257 },
        },
      },
      body: {
        schema: z.union([
          orderUpdateBody as unknown as z.ZodObject,
          z
            .array(orderUpdateBody as unknown as z.ZodObject)
            .min(1)
            .max(MAX_UPDATES),
        ]),
        notes: {
          shipment_id: "names the shipment; an integer is read as text",
          status: "its new status, as it is told to the recipient",
          enterprise_id: "the enterprise whose subscriptions decide on the channels",
          timestamp:
            "since when: `YYYY-MM-DD HH:MM:SS`, read as UTC, or RFC 3339 with an offset; at most 24 hours ahead and 400 days old",
          data: "more about the order, at most 8 levels deep",
          idempotency_key: "what the header `Idempotency-Key` is, for one of many",
        },
      },
      answers: [
        {
          status: 202,
          description: "Every delivery is a row in the database.",
          schema: accepted,
          headers: {
            "Idempotency-Replayed": { description: "`true`: it was accepted before", isSometimes: true },
          },
        },
        { status: 207, description: "An array: a result for each.", schema: results },
      ],
      problems: ["enterprise_not_found", "content_mismatch", "not_subscribed", "no_channels"],
      examples: [...examples, many],
    },
    {
      id: "welcome",
      method: "GET",
      path: "/",
      access: "open",
      summary: "The original's error route",
      description: "Says what to post.",
      answers: [],
      problems: ["welcome"],
      examples: [
        {
          name: "welcome",
          summary: "What to post",
          request: {},
          answer: {
            status: 400,
            body: problem("welcome", "Welcome to Notify API. Please put a post request with shipment data."),
          },
        },
      ],
    },
  ],
};
