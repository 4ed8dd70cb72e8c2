import type { Context } from "hono";
import type { Door, Route } from "./door.ts";

export const healthRoutes: Route[] = [
  { method: "GET", path: "/health", access: "open", handle: (c: Context<Door>) => c.json({ status: "ok" }) },
];
