import type { Context } from "hono";
import type { Door, Route } from "./door.ts";

const EXPOSED = "Idempotency-Replayed, RateLimit-Policy, Retry-After, X-Request-Id";
const ALLOWED = "Authorization, Content-Type, Idempotency-Key";

/** Seconds for which a browser need not ask again. */
const MAX_AGE_S = "600";

/**
 * Lets a page of one of the CORS_ORIGINS read the answer (Fetch standard §3.3). Keys come in a header and never by cookies, so
 * credentials are not allowed; callbacks are nothing that a page may send. Hono's own would be as long and answer every OPTIONS.
 */
export function shareWithOrigin(c: Context<Door>, access: Route["access"] | undefined): void {
  const origin = c.req.header("Origin");
  if (origin === undefined || access === undefined || access === "signed") return;
  const origins = c.get("services")?.config.CORS_ORIGINS ?? [];
  if (origins.length === 0) return;
  c.res.headers.append("Vary", "Origin");
  if (!origins.includes(origin)) return;
  c.res.headers.set("Access-Control-Allow-Origin", origin);
  c.res.headers.set("Access-Control-Expose-Headers", EXPOSED);
}

/** The answer to a browser that asks beforehand what a page may send, or null where nobody asks or the page may nothing. */
export function answerPreflight(c: Context<Door>, routes: Route[]): Response | null {
  const origin = c.req.header("Origin");
  const isAsked = c.req.method === "OPTIONS" && c.req.header("Access-Control-Request-Method") !== undefined;
  const methods = routes.flatMap(({ access, method }) => (access === "signed" ? [] : [method]));
  if (origin === undefined || !isAsked || methods.length === 0) return null;
  if (!c.get("services").config.CORS_ORIGINS.includes(origin)) return null;
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": methods.join(", "),
      "Access-Control-Allow-Headers": ALLOWED,
      "Access-Control-Max-Age": MAX_AGE_S,
    },
  });
}
