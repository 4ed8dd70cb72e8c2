import * as z from "zod";
import { id, skipCode, state, wholeNumber } from "../answers.ts";
import type { Example } from "../operation.ts";
import { problem, problemSchema } from "../problems.ts";

/** What an accepted update is answered. */
export const accepted = z
  .object({
    status: z.literal(202),
    message: z.string(),
    update_id: id("upd"),
    deliveries: z.array(z.object({ delivery_id: id("dlv"), channel: z.string(), gateway: z.string(), state })),
    skipped: z.array(z.object({ channel: z.string(), code: skipCode, reason: z.string() })),
  })
  .meta({ id: "AcceptedUpdate" });

const place = {
  index: wholeNumber.meta({ description: "its place in the array, from 0" }),
  replayed: z.boolean().meta({ description: "it came before, in this array or earlier" }),
};

/** The answer to an array. */
export const results = z
  .object({
    status: z.literal(207),
    message: z.string(),
    accepted: wholeNumber.meta({ description: "how many of them are accepted" }),
    refused: wholeNumber,
    results: z
      .array(
        z.union([
          z.object({ ...place, ...accepted.shape }).meta({ id: "AcceptedOfMany" }),
          z.object({ ...place, ...problemSchema.shape }).meta({ id: "ProblemOfMany" }),
        ]),
      )
      .meta({ description: "one for each update, in their order" }),
  })
  .meta({ id: "Results" });

/** An update as it is posted, and the deliveries that come of it. */
export const shipped = {
  shipment_id: "SH-1002",
  status: "shipped",
  enterprise_id: "demo",
  timestamp: "2026-11-23 07:30:05",
};

export const deliveries = [
  {
    delivery_id: "dlv_01a2076c0fe270aeaa98efda0d608263",
    channel: "Email",
    gateway: "SendGrid",
    state: "queued",
  },
  {
    delivery_id: "dlv_01a2076c0fe270aeaa98efdb8bf992c2",
    channel: "SMS",
    gateway: "Twilio",
    state: "queued",
  },
  {
    delivery_id: "dlv_01a2076c0fe270aeaa98efdc92e08daf",
    channel: "Whatsapp",
    gateway: "Twilio Whatsapp",
    state: "queued",
  },
];

/** An array of updates. */
export const many: Example = {
  name: "array",
  summary: "Many at once, one of them for nobody",
  request: {
    body: [
      { ...shipped, shipment_id: "SH-1003", idempotency_key: "order-1003-shipped" },
      { ...shipped, shipment_id: "SH-1004", enterprise_id: "nobody" },
    ],
  },
  answer: {
    status: 207,
    body: {
      status: 207,
      message: "1 of 2 updates are accepted. See 'results' for each.",
      accepted: 1,
      refused: 1,
      results: [
        {
          index: 0,
          replayed: false,
          status: 202,
          message: "Accepted.",
          update_id: "upd_01a2076c0fe270aeaa98efd92b541171",
          deliveries: deliveries.map((delivery) => ({
            ...delivery,
            delivery_id: delivery.delivery_id.replace("dlv_01", "dlv_02"),
          })),
          skipped: [],
        },
        {
          index: 1,
          replayed: false,
          ...problem("enterprise_not_found", "There is no enterprise with this enterprise_id."),
        },
      ],
    },
  },
};
