import type { Context } from "hono";
import { HonoBase } from "hono/hono-base";
import { TrieRouter } from "hono/router/trie-router";
import { AppError } from "../domain/app-error.ts";
import type { Services } from "../services.ts";
import { auditRoutes } from "./audit.ts";
import { callbackRoutes } from "./callbacks.ts";
import { channelGatewayRoutes } from "./channel-gateways.ts";
import { channelRoutes } from "./channels.ts";
import { answerPreflight, shareWithOrigin } from "./cors.ts";
import { customerRoutes } from "./customers.ts";
import type { Door, Route, ToldFields } from "./door.ts";
import { gatewayRoutes } from "./gateways.ts";
import { healthRoutes } from "./health.ts";
import { keyRoutes } from "./keys.ts";
import { excessOf } from "./limits.ts";
import { orderUpdateRoutes } from "./order-updates.ts";
import { isOurs, problemResponse, tellingOf } from "./problem.ts";
import { letIn } from "./rate-limit.ts";
import { readingRoutes } from "./reading.ts";
import { redriveRoutes } from "./redrive.ts";
import { requestLine, tell } from "./request-line.ts";
import { secure } from "./security-headers.ts";
import { subscriptionRoutes } from "./subscriptions.ts";
import { templateRoutes } from "./templates.ts";

/** Every route that there is. */
export const ROUTES: Route[] = [
  ...orderUpdateRoutes,
  ...channelGatewayRoutes,
  ...redriveRoutes,
  ...readingRoutes,
  ...customerRoutes,
  ...channelRoutes,
  ...gatewayRoutes,
  ...subscriptionRoutes,
  ...keyRoutes,
  ...templateRoutes,
  ...auditRoutes,
  ...callbackRoutes,
  ...healthRoutes,
];

type Wiring = {
  createServices: (env: Env, invocation: { waitUntil: (work: Promise<unknown>) => void }) => Services;
  log: Services["log"];
  now: () => number;
  /** Does the work of one request: each log line of it has the ids, and its statements are counted. */
  within: <T>(ids: ToldFields, work: () => T) => T;
  /** How many the request has sent so far. */
  statements: () => number;
};

/** The HTTP door: every route of the table, problem+json for everything else. */
export function createApp({ createServices, log, now, within, statements }: Wiring): HonoBase<Door> {
  // One router instead of the choice of two that the package's main entry makes: less to load at start-up.
  const app = new HonoBase<Door>({ router: new TrieRouter() });
  const answer = async (c: Context<Door>, next: () => Promise<void>) => {
    const startedAt = now();
    const excess = excessOf(c.req.raw);
    if (excess === null) await next();
    else c.res = answerTo(excess, c);
    c.res.headers.set("X-Request-Id", c.get("requestId"));
    secure(c.res.headers);
    const policy = c.get("ratePolicy");
    if (policy !== undefined) c.res.headers.set("RateLimit-Policy", policy);
    shareWithOrigin(c, c.get("access"));
    log.info("request", requestLine(c, { duration_ms: now() - startedAt, statements: statements() }));
  };
  app.use((c, next) => {
    const requestId = requestIdOf(c.req.raw);
    c.set("requestId", requestId);
    c.set("told", {});
    return within({ request_id: requestId }, () => answer(c, next));
  });
  for (const route of ROUTES) {
    app.on(route.method, route.path, async (c) => {
      tell(c, { route: route.path });
      c.set("services", createServices(c.env, c.executionCtx));
      c.set("access", route.access);
      if (route.access !== "open" && route.access !== "signed") await letIn(c, route.access, route.enterpriseOf);
      return route.handle(c);
    });
  }
  for (const [path, routes] of Map.groupBy(ROUTES, (route) => route.path)) {
    app.all(path, (c) => {
      tell(c, { route: path });
      c.set("services", createServices(c.env, c.executionCtx));
      c.set("access", routes[0]?.access);
      return answerPreflight(c, routes) ?? refuseMethod(routes);
    });
  }
  // Answered rather than thrown: what is thrown here passes by the middleware that sets X-Request-Id.
  app.notFound((c) => answerTo(new AppError("not_found", "There is nothing at this path."), c));
  app.onError((error, c) => {
    if (isOurs(error)) log.error("request_failed", error, { method: c.req.method, route: c.get("told").route });
    return answerTo(error, c);
  });
  return app;
}

/** The problem as an answer, and its code told to the log. */
function answerTo(error: unknown, c: Context<Door>): Response {
  tell(c, tellingOf(error));
  return problemResponse(error, c.get("requestId"));
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
