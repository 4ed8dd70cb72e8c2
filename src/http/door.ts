import type { Context } from "hono";
import type { Caller, Scope } from "../domain/caller.ts";
import type { Services } from "../services.ts";

/** What Hono carries for a request: the services, the id that the answer and the log share, and who asks. */
export type Door = {
  Bindings: Env;
  Variables: { services: Services; requestId: string; caller: Caller };
};

export type Handler = (c: Context<Door>) => Response | Promise<Response>;

/** One route. `access`: who may call it: anyone, who can sign, or who has a key with that scope. */
export type Route = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  access: "open" | "signed" | Scope;
  handle: Handler;
};
