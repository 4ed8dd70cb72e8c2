import type { Context } from "hono";
import type { Door, ToldFields } from "./door.ts";

/** Adds to the line that is logged of this request: ids, codes and counts, never what somebody has written. */
export function tell(c: Context<Door>, fields: ToldFields): void {
  Object.assign(c.get("told"), fields);
}

/** The one line of a request. `route` is its pattern: paths and queries name shipments, and hold whatever is sent. */
export function requestLine(c: Context<Door>, took: { duration_ms: number; statements: number }): ToldFields {
  const { route, code, ...others } = c.get("told");
  return {
    method: c.req.method,
    route: route ?? null,
    status: c.res.status,
    code,
    key_id: c.get("caller")?.keyId,
    ...others,
    ...took,
  };
}
