import type { Context } from "hono";
import { readSubscriptionsQuery } from "../domain/resource-query.ts";
import { readSubscription, readSubscriptionChanges, type SubscriptionKey } from "../domain/subscription.ts";
import {
  addSubscription,
  changeSubscription,
  listSubscriptions,
  removeSubscription,
  showSubscription,
} from "../usecases/keep-subscriptions.ts";
import { allowed, bodyOf, locationOf, pathPart, queryOf } from "./asked.ts";
import { requireEnterprise } from "./auth.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";

const ONE = "/v1/subscriptions/:enterprise_id/:channel_id/:gateway_id";

export const subscriptionRoutes: Route[] = [
  { method: "POST", path: "/v1/subscriptions", access: "admin", handle: postSubscription },
  { method: "GET", path: "/v1/subscriptions", access: "read", handle: getSubscriptions },
  { method: "GET", path: ONE, access: "read", handle: getSubscription },
  { method: "PATCH", path: ONE, access: "admin", handle: patchSubscription },
  { method: "DELETE", path: ONE, access: "admin", handle: deleteSubscription },
];

async function postSubscription(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const subscription = await bodyOf(c, readSubscription);
  requireEnterprise(c, subscription.enterprise_id);
  const added = await answerInTime(services, addSubscription(services, subscription, c.get("caller")));
  const { enterprise_id, channel_id, gateway_id } = added;
  return c.json(added, 201, locationOf("subscriptions", enterprise_id, channel_id, gateway_id));
}

async function getSubscriptions(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readSubscriptionsQuery(queryOf(c), c.get("caller").enterpriseId));
  requireEnterprise(c, asked.filter.enterpriseId);
  const { rows, next } = await answerInTime(services, listSubscriptions(services, asked));
  return c.json({ data: rows, next });
}

async function getSubscription(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  return c.json(await answerInTime(services, showSubscription(services, keyOf(c))));
}

async function patchSubscription(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const key = keyOf(c);
  const changes = await bodyOf(c, readSubscriptionChanges);
  return c.json(await answerInTime(services, changeSubscription(services, key, changes, c.get("caller"))));
}

async function deleteSubscription(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  await answerInTime(services, removeSubscription(services, keyOf(c), c.get("caller")));
  return c.body(null, 204);
}

function keyOf(c: Context<Door>): SubscriptionKey {
  const enterprise_id = pathPart(c, "enterprise_id");
  requireEnterprise(c, enterprise_id);
  return { enterprise_id, channel_id: pathPart(c, "channel_id"), gateway_id: pathPart(c, "gateway_id") };
}
