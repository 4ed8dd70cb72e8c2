import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import { hasScope, mayTouch, SCOPES, type Caller, type Scope } from "../domain/caller.ts";
import { loggableId } from "../domain/loggable-id.ts";
import type { Door } from "./door.ts";
import { tell } from "./request-line.ts";

/** Who has the token may do everything, for every enterprise. */
const TOKEN_HOLDER: Caller = { keyId: "token", mode: "live", scopes: SCOPES, enterpriseId: null };

/**
 * Lets a request in that carries the bearer token (RFC 6750 §2.1), and says who asks as `caller`. Throws AppError
 * `unauthorized`, `forbidden` without the scope, and `not_configured` when there is no token to compare with.
 */
export function authenticate(c: Context<Door>, scope: Scope): void {
  requireToken(c);
  if (!hasScope(TOKEN_HOLDER, scope)) throw new AppError("forbidden", `This takes a key with the scope ${scope}.`);
  c.set("caller", TOKEN_HOLDER);
}

/** Throws AppError `forbidden` where the caller's key is for another enterprise; null: what belongs to all. */
export function requireEnterprise(c: Context<Door>, enterpriseId: string | null): void {
  if (enterpriseId !== null) tell(c, { enterprise_id: loggableId(enterpriseId) });
  if (mayTouch(c.get("caller"), enterpriseId)) return;
  throw new AppError("forbidden", "This key is for another enterprise.");
}

function requireToken(c: Context<Door>): void {
  const expected = c.get("services").config.API_TOKEN;
  if (expected === "") throw new AppError("not_configured", "No API token is configured, so nobody is let in.");
  const given = /^Bearer +(\S+) *$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  if (given !== undefined && isEqual(given, expected)) return;
  throw new AppError("unauthorized", "Send the token as 'Authorization: Bearer <token>'.", {
    headers: { "WWW-Authenticate": 'Bearer realm="notify-api"' },
  });
}

const encoder = new TextEncoder();

/** Takes the same time wherever the two differ, and however long the given one is: no more of it is looked at. */
function isEqual(given: string, expected: string): boolean {
  const wanted = encoder.encode(expected);
  const bytes = new Uint8Array(wanted.length);
  const { read, written } = encoder.encodeInto(given, bytes);
  const isSame = crypto.subtle.timingSafeEqual(bytes, wanted);
  return isSame && read === given.length && written === wanted.length;
}
