import * as z from "zod";
import { listQueries } from "../../../src/domain/reading-query.ts";
import { delivery, id, instant, pageNotes, pageOf, wholeNumber } from "../answers.ts";
import type { Notes, Operation } from "../operation.ts";
import { failures, logs, shownDelivery, wrongParameter } from "./reading-examples.ts";

const filters: Notes = {
  ...pageNotes,
  shipment_id: "that shipment only",
  channel: "by its name",
  gateway: "by its name",
  from: "at or after this instant, in the forms of `timestamp`",
  to: "before this instant",
};

const code = "of a skip or a failure";

const queries = listQueries(0);

const log = z
  .object({
    notify_time: instant,
    delivery_id: id("dlv"),
    shipment_id: z.string(),
    status: z.string(),
    channel: z.string(),
    gateway: z.string(),
    timestamp: instant,
    attempt_id: id("att"),
    provider_id: z.nullable(z.string()).meta({ description: "the provider's id of the message" }),
  })
  .meta({ id: "Log" });

const failure = z
  .object({
    notify_time: instant,
    delivery_id: id("dlv"),
    shipment_id: z.string(),
    status: z.string(),
    channel: z.string(),
    gateway: z.string().meta({ description: "empty where none applied" }),
    timestamp: instant,
    attempt_id: z.nullable(id("att")),
    provider_id: z.nullable(z.string()),
    attempt_no: wholeNumber.meta({ description: "0 where no attempt failed" }),
    code: z.string(),
    message: z.string().meta({ description: "the reason in words" }),
    provider_code: z.nullable(z.string()),
  })
  .meta({ id: "Failure" });

const bounds = `Newest first. With \`channel\`, \`gateway\`, \`code\` or \`state\` and without a shipment, one call looks at 5,000 rows at most: a page may then hold fewer rows than \`limit\`, or none, and still have a \`next\`.`;

/** The lists of what happened. */
export const listOperations: Operation[] = [
  {
    id: "listDeliveries",
    method: "GET",
    path: "/v1/deliveries",
    access: "read",
    summary: "List deliveries",
    description: bounds,
    query: {
      schema: queries.deliveries,
      notes: { ...filters, state: "one of the states of a delivery", code },
    },
    answers: [{ status: 200, description: "A page.", schema: pageOf(delivery) }],
    problems: [],
    examples: [
      {
        name: "of_channel",
        summary: "On one channel",
        turn: 1,
        request: { query: { enterprise_id: "demo", channel: "SMS" } },
        answer: { status: 200, body: { data: [shownDelivery], next: null } },
        varies: true,
      },
      {
        name: "wrong_parameter",
        summary: "Every wrong parameter is named at once",
        request: { query: { enterprise_id: "demo", limit: "0" } },
        answer: { status: 400, body: wrongParameter },
      },
    ],
  },
  {
    id: "listLogs",
    method: "GET",
    path: "/v1/logs",
    access: "read",
    summary: "List what providers accepted",
    description: bounds,
    query: { schema: queries.logs, notes: filters },
    answers: [{ status: 200, description: "A page.", schema: pageOf(log) }],
    problems: [],
    examples: [
      {
        name: "since",
        summary: "Since an instant",
        turn: 1,
        request: { query: { enterprise_id: "demo", channel: "SMS", from: "2026-11-23T00:00:00Z" } },
        answer: { status: 200, body: logs },
        varies: true,
      },
    ],
  },
  {
    id: "listFailures",
    method: "GET",
    path: "/v1/logs-failure",
    access: "read",
    summary: "List what was not, or turned out not to be, delivered",
    description: bounds,
    query: { schema: queries.logs_failure, notes: { ...filters, code } },
    answers: [{ status: 200, description: "A page.", schema: pageOf(failure) }],
    problems: [],
    examples: [
      {
        name: "undelivered",
        summary: "By its code",
        turn: 1,
        request: { query: { enterprise_id: "demo", code: "undelivered", limit: "100" } },
        answer: { status: 200, body: failures },
        varies: true,
      },
    ],
  },
];
