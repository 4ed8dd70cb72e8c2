import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import type { Door } from "./door.ts";

/**
 * Lets a request in that carries the bearer token (RFC 6750 §2.1). Throws AppError `not_configured` when
 * there is no token to compare with: never open. Digests are compared, so lengths tell nothing.
 */
export async function requireToken(c: Context<Door>): Promise<void> {
  const expected = c.get("services").config.API_TOKEN;
  if (expected === "") throw new AppError("not_configured", "No API token is configured, so nobody is let in.");
  const given = /^Bearer +(\S+) *$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  if (given !== undefined && (await isEqual(given, expected))) return;
  throw new AppError("unauthorized", "Send the token as 'Authorization: Bearer <token>'.", {
    headers: { "WWW-Authenticate": 'Bearer realm="notify-api"' },
  });
}

async function isEqual(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return crypto.subtle.timingSafeEqual(left, right);
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
