import type { Context } from "hono";
import { readKeyRequest } from "../domain/key-request.ts";
import { readKeysQuery } from "../domain/resource-query.ts";
import { addKey, listKeys, revokeKey } from "../usecases/keep-keys.ts";
import { allowed, bodyOf, locationOf, pathPart, queryOf } from "./asked.ts";
import { requireEnterprise } from "./auth.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";

export const keyRoutes: Route[] = [
  { method: "POST", path: "/v1/keys", access: "admin", handle: postKey },
  { method: "GET", path: "/v1/keys", access: "admin", handle: getKeys },
  { method: "DELETE", path: "/v1/keys/:key_id", access: "admin", handle: deleteKey },
];

async function postKey(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const caller = c.get("caller");
  const wished = await bodyOf(c, (body) => readKeyRequest(body, services.clock.now()));
  requireEnterprise(c, wished.enterpriseId ?? caller.enterpriseId);
  const added = await answerInTime(services, addKey(services, wished, caller));
  return c.json(added, 201, locationOf("keys", added.key_id));
}

async function getKeys(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readKeysQuery(queryOf(c), c.get("caller")));
  requireEnterprise(c, asked.filter.enterpriseId);
  const { rows, next } = await answerInTime(services, listKeys(services, asked));
  return c.json({ data: rows, next });
}

/** What is not in the caller's view is not there for it. */
async function deleteKey(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  await answerInTime(services, revokeKey(services, pathPart(c, "key_id"), c.get("caller")));
  return c.body(null, 204);
}
