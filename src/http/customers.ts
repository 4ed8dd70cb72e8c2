import type { Context } from "hono";
import { readCustomer, readCustomerChanges } from "../domain/customer.ts";
import { readCustomersQuery } from "../domain/resource-query.ts";
import {
  addCustomer,
  changeCustomer,
  listCustomers,
  removeCustomer,
  showCustomer,
} from "../usecases/keep-customers.ts";
import { allowed, bodyOf, locationOf, pathPart, queryOf } from "./asked.ts";
import { requireEnterprise } from "./auth.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";

const ONE = "/v1/customers/:enterprise_id";

export const customerRoutes: Route[] = [
  { method: "POST", path: "/v1/customers", access: "admin", handle: postCustomer },
  { method: "GET", path: "/v1/customers", access: "read", handle: getCustomers },
  { method: "GET", path: ONE, access: "read", handle: getCustomer },
  { method: "PATCH", path: ONE, access: "admin", handle: patchCustomer },
  { method: "DELETE", path: ONE, access: "admin", handle: deleteCustomer },
];

async function postCustomer(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const customer = await bodyOf(c, readCustomer);
  requireEnterprise(c, customer.enterprise_id);
  const added = await answerInTime(services, addCustomer(services, customer, c.get("caller")));
  return c.json(added, 201, locationOf("customers", added.enterprise_id));
}

async function getCustomers(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readCustomersQuery(queryOf(c), c.get("caller").enterpriseId));
  requireEnterprise(c, asked.filter.enterpriseId);
  const { rows, next } = await answerInTime(services, listCustomers(services, asked));
  return c.json({ data: rows, next });
}

async function getCustomer(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const enterpriseId = enterpriseOf(c);
  return c.json(await answerInTime(services, showCustomer(services, enterpriseId)));
}

async function patchCustomer(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const enterpriseId = enterpriseOf(c);
  const changes = await bodyOf(c, readCustomerChanges);
  return c.json(await answerInTime(services, changeCustomer(services, enterpriseId, changes, c.get("caller"))));
}

async function deleteCustomer(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  await answerInTime(services, removeCustomer(services, enterpriseOf(c), c.get("caller")));
  return c.body(null, 204);
}

function enterpriseOf(c: Context<Door>): string {
  const enterpriseId = pathPart(c, "enterprise_id");
  requireEnterprise(c, enterpriseId);
  return enterpriseId;
}
