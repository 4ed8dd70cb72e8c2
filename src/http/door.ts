import type { Context } from "hono";
import type { Services } from "../services.ts";

/** What Hono carries for a request: the services, and the id that the answer and the log share. */
export type Door = {
  Bindings: Env;
  Variables: { services: Services; requestId: string };
};

export type Handler = (c: Context<Door>) => Response | Promise<Response>;

/** One route. `access`: who may call it: anyone, who has the token, or who can sign. */
export type Route = { method: "GET" | "POST"; path: string; access: "open" | "token" | "signed"; handle: Handler };
