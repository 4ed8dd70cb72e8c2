import type { Context } from "hono";
import type { Caller, Scope } from "../domain/caller.ts";
import type { Services } from "../services.ts";

/** Fields of a log line. */
export type ToldFields = NonNullable<Parameters<Services["log"]["info"]>[1]>;

/**
 * What Hono carries for a request: the services, the id that the answer and the log share, who asks, what its handler
 * tells for the log, and a body that was read. Services and caller are not there before their turn has come.
 */
export type Door = {
  Bindings: Env;
  Variables: {
    services: Services;
    requestId: string;
    caller: Caller;
    told: ToldFields;
    json?: Promise<unknown>;
    /** Of the route, once it is known; and of its answers, where a limit holds for the key. */
    access?: Route["access"];
    ratePolicy?: string;
  };
};

export type Handler = (c: Context<Door>) => Response | Promise<Response>;

/** One route. `access`: who may call it: anyone, who can sign, or who has a key with that scope. */
export type Route = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  access: "open" | "signed" | Scope;
  /** The enterprise that a request is about, where it has to be read with the key: one statement then reads both. */
  enterpriseOf?: (c: Context<Door>) => Promise<string | null>;
  handle: Handler;
};
