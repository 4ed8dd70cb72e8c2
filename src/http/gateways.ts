import type { Context } from "hono";
import { readGateway, readGatewayChanges, type Gateway } from "../domain/gateway.ts";
import { readGatewaysQuery } from "../domain/resource-query.ts";
import { addGateway, changeGateway, listGateways, removeGateway, showGateway } from "../usecases/keep-gateways.ts";
import { allowed, bodyOf, locationOf, pathPart, queryOf } from "./asked.ts";
import { requireEnterprise } from "./auth.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";

const ONE = "/v1/gateways/:gateway_id";

/**
 * A gateway that every enterprise may use is read by every key, and changed by those that are for all enterprises; an
 * enterprise's own also by its own keys.
 */
export const gatewayRoutes: Route[] = [
  { method: "POST", path: "/v1/gateways", access: "admin", handle: postGateway },
  { method: "GET", path: "/v1/gateways", access: "read", handle: getGateways },
  { method: "GET", path: ONE, access: "read", handle: getGateway },
  { method: "PATCH", path: ONE, access: "admin", handle: patchGateway },
  { method: "DELETE", path: ONE, access: "admin", handle: deleteGateway },
];

async function postGateway(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const gateway = await bodyOf(c, readGateway);
  requireEnterprise(c, gateway.enterprise_id);
  const added = await answerInTime(services, addGateway(services, gateway, c.get("caller")));
  return c.json(added, 201, locationOf("gateways", added.gateway_id));
}

async function getGateways(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readGatewaysQuery(queryOf(c), c.get("caller").enterpriseId));
  requireEnterprise(c, asked.filter.enterpriseId);
  const { rows, next } = await answerInTime(services, listGateways(services, asked));
  return c.json({ data: rows, next });
}

async function getGateway(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const gateway = await answerInTime(services, showGateway(services, pathPart(c, "gateway_id")));
  if (gateway.enterprise_id !== null) requireEnterprise(c, gateway.enterprise_id);
  return c.json(gateway);
}

async function patchGateway(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const changes = await bodyOf(c, readGatewayChanges);
  const gateway = await changeableGateway(c);
  return c.json(await answerInTime(services, changeGateway(services, gateway, changes, c.get("caller"))));
}

async function deleteGateway(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const gateway = await changeableGateway(c);
  await answerInTime(services, removeGateway(services, gateway, c.get("caller")));
  return c.body(null, 204);
}

/** The gateway that is meant, where the caller may change it. Whose it is stays as it is. */
async function changeableGateway(c: Context<Door>): Promise<Gateway> {
  const services = c.get("services");
  const gateway = await answerInTime(services, showGateway(services, pathPart(c, "gateway_id")));
  requireEnterprise(c, gateway.enterprise_id);
  return gateway;
}
