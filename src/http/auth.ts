import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import type { Door } from "./door.ts";

/**
 * Lets a request in that carries the bearer token (RFC 6750 §2.1). Throws AppError `not_configured` when
 * there is no token to compare with: never open.
 */
export function requireToken(c: Context<Door>): void {
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
