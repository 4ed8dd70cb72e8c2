import type { Context } from "hono";
import { readAuditQuery } from "../domain/resource-query.ts";
import { listAudit } from "../usecases/list-audit.ts";
import { allowed, queryOf } from "./asked.ts";
import { requireEnterprise } from "./auth.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";

export const auditRoutes: Route[] = [{ method: "GET", path: "/v1/audit", access: "read", handle: getAudit }];

async function getAudit(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readAuditQuery(queryOf(c), c.get("caller").enterpriseId));
  requireEnterprise(c, asked.filter.enterpriseId);
  const { rows, next } = await answerInTime(services, listAudit(services, asked));
  return c.json({ data: rows, next });
}
