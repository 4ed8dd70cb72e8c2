import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import type { List, ListedDelivery, ListedRows } from "../domain/listed-rows.ts";
import { readListQuery, readTimelineQuery, type Reading } from "../domain/reading-query.ts";
import { whyState } from "../domain/timeline.ts";
import { listRows } from "../usecases/list-rows.ts";
import { tellTimeline } from "../usecases/tell-timeline.ts";
import { answerOf } from "./answer.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Handler, Route } from "./door.ts";

export const readingRoutes: Route[] = [
  { method: "GET", path: "/v1/shipments/:shipment_id/timeline", access: "token", handle: getTimeline },
  { method: "GET", path: "/v1/deliveries", access: "token", handle: listOf("deliveries", deliveryAnswer) },
  { method: "GET", path: "/v1/logs", access: "token", handle: listOf("logs", answerOf) },
  { method: "GET", path: "/v1/logs-failure", access: "token", handle: listOf("logs_failure", answerOf) },
];

async function getTimeline(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readTimelineQuery(c.req.param("shipment_id") ?? "", queryOf(c)));
  const { deliveries, entries, next } = await answerInTime(services, tellTimeline(services, asked));
  return c.json({
    enterprise_id: asked.filter.enterpriseId,
    shipment_id: asked.filter.shipmentId,
    deliveries: deliveries.map(deliveryAnswer),
    data: entries.map(answerOf),
    next,
  });
}

/** A route that answers pages of a list, newest first. */
function listOf<L extends List>(list: L, rowAnswer: (row: ListedRows[L]) => Record<string, unknown>): Handler {
  return async (c) => {
    const services = c.get("services");
    const asked = allowed(readListQuery(list, queryOf(c), services.clock.now()));
    const { rows, next } = await answerInTime(services, listRows(services, list, asked));
    return c.json({ data: rows.map(rowAnswer), next });
  };
}

/** A delivery with the reason for its state in words. */
function deliveryAnswer(delivery: ListedDelivery): Record<string, unknown> {
  return answerOf({ ...delivery, reason: whyState(delivery.state, delivery.code) });
}

function queryOf(c: Context<Door>): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

function allowed<T>(reading: Reading<T>): T {
  if (reading.ok) return reading.asked;
  throw new AppError("invalid_request", "The query is not valid. See 'errors' for each wrong parameter.", {
    errors: reading.errors,
  });
}
