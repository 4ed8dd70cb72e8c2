import type { Context } from "hono";
import type { List, ListedDelivery, ListedRows } from "../domain/listed-rows.ts";
import { readListQuery, readTimelineQuery, readUpdateQuery } from "../domain/reading-query.ts";
import { whyState } from "../domain/timeline.ts";
import { listRows } from "../usecases/list-rows.ts";
import { showUpdate } from "../usecases/show-update.ts";
import { tellTimeline } from "../usecases/tell-timeline.ts";
import { requireEnterprise } from "./auth.ts";
import { allowed, ownQueryOf } from "./asked.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Handler, Route } from "./door.ts";
import { tell } from "./request-line.ts";

export const readingRoutes: Route[] = [
  { method: "GET", path: "/v1/shipments/:shipment_id/timeline", access: "read", handle: getTimeline },
  { method: "GET", path: "/v1/updates/:update_id", access: "read", handle: getUpdate },
  { method: "GET", path: "/v1/deliveries", access: "read", handle: listOf("deliveries", withReason) },
  { method: "GET", path: "/v1/logs", access: "read", handle: listOf("logs") },
  { method: "GET", path: "/v1/logs-failure", access: "read", handle: listOf("logs_failure") },
];

async function getTimeline(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readTimelineQuery(c.req.param("shipment_id") ?? "", ownQueryOf(c)));
  requireEnterprise(c, asked.filter.enterpriseId);
  const { deliveries, entries, next } = await answerInTime(services, tellTimeline(services, asked));
  return c.json({
    enterprise_id: asked.filter.enterpriseId,
    shipment_id: asked.filter.shipmentId,
    deliveries: deliveries.map(withReason),
    data: entries,
    next,
  });
}

async function getUpdate(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const { enterpriseId } = allowed(readUpdateQuery(ownQueryOf(c)));
  requireEnterprise(c, enterpriseId);
  const update = showUpdate(services, enterpriseId, c.req.param("update_id") ?? "");
  const deliveries = await answerInTime(services, update);
  const { update_id, shipment_id, status, timestamp, accepted_at, expires_at } = deliveries[0];
  tell(c, { update_id });
  return c.json({
    update_id,
    enterprise_id: enterpriseId,
    shipment_id,
    status,
    timestamp,
    accepted_at,
    expires_at,
    deliveries: deliveries.map(withReason),
  });
}

/** A route that answers pages of a list, newest first. */
function listOf<L extends List>(list: L, told: (row: ListedRows[L]) => object = (row) => row): Handler {
  return async (c) => {
    const services = c.get("services");
    const asked = allowed(readListQuery(list, ownQueryOf(c), services.clock.now()));
    requireEnterprise(c, asked.filter.enterpriseId);
    const { rows, next } = await answerInTime(services, listRows(services, list, asked));
    return c.json({ data: rows.map(told), next });
  };
}

/** A delivery with the reason for its state in words. */
function withReason(delivery: ListedDelivery): object {
  return { ...delivery, reason: whyState(delivery.state, delivery.code) };
}
