import { HonoBase } from "hono/hono-base";
import { TrieRouter } from "hono/router/trie-router";
import { AppError } from "../domain/app-error.ts";
import type { Services } from "../services.ts";
import { authenticate } from "./auth.ts";
import { callbackRoutes } from "./callbacks.ts";
import { channelGatewayRoutes } from "./channel-gateways.ts";
import type { Door, Route } from "./door.ts";
import { healthRoutes } from "./health.ts";
import { excessOf } from "./limits.ts";
import { orderUpdateRoutes } from "./order-updates.ts";
import { isOurs, problemResponse } from "./problem.ts";
import { readingRoutes } from "./reading.ts";
import { redriveRoutes } from "./redrive.ts";
import { secure } from "./security-headers.ts";

const ROUTES: Route[] = [
  ...orderUpdateRoutes,
  ...channelGatewayRoutes,
  ...redriveRoutes,
  ...readingRoutes,
  ...callbackRoutes,
  ...healthRoutes,
];

type Wiring = {
  createServices: (env: Env, invocation: { waitUntil: (work: Promise<unknown>) => void }) => Services;
  log: Pick<Services["log"], "error">;
};

/** The HTTP door: every route of the table, problem+json for everything else. */
export function createApp({ createServices, log }: Wiring): HonoBase<Door> {
  // One router instead of the choice of two that the package's main entry makes: less to load at start-up.
  const app = new HonoBase<Door>({ router: new TrieRouter() });
  app.use(async (c, next) => {
    const requestId = requestIdOf(c.req.raw);
    c.set("requestId", requestId);
    const excess = excessOf(c.req.raw);
    if (excess === null) await next();
    else c.res = problemResponse(excess, requestId);
    c.res.headers.set("X-Request-Id", requestId);
    secure(c.res.headers);
  });
  for (const route of ROUTES) {
    app.on(route.method, route.path, async (c) => {
      c.set("services", createServices(c.env, c.executionCtx));
      if (route.access !== "open" && route.access !== "signed") authenticate(c, route.access);
      return route.handle(c);
    });
  }
  for (const [path, routes] of Map.groupBy(ROUTES, (route) => route.path)) {
    app.all(path, () => refuseMethod(routes));
  }
  // Answered rather than thrown: what is thrown here passes by the middleware that sets X-Request-Id.
  app.notFound((c) => problemResponse(new AppError("not_found", "There is nothing at this path."), c.get("requestId")));
  app.onError((error, c) => {
    const requestId = c.get("requestId") ?? requestIdOf(c.req.raw);
    if (isOurs(error))
      log.error("request_failed", error, { request_id: requestId, method: c.req.method, path: c.req.path });
    return problemResponse(error, requestId);
  });
  return app;
}

function refuseMethod(routes: Route[]): never {
  const allowed = routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
  throw new AppError("method_not_allowed", `This path takes ${allowed}.`, { headers: { Allow: allowed } });
}

/** Cloudflare's ray id, so that both logs can be joined; elsewhere a new one: what is given may hold anything. */
function requestIdOf({ headers }: Request): string {
  const ray = headers.get("CF-Ray") ?? "";
  return /^[0-9a-f]{16}-[A-Z]{3}$/.test(ray) ? ray : crypto.randomUUID();
}
