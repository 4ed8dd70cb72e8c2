import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import type { BodyReading } from "../domain/body-reading.ts";
import type { Reading } from "../domain/reading-query.ts";
import { readJson } from "./body.ts";
import type { Door } from "./door.ts";

/** The parameters of a request's query. */
export function queryOf(c: Context<Door>): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

/** The same for what is always one enterprise's: a key of one enterprise need not name it. */
export function ownQueryOf(c: Context<Door>): URLSearchParams {
  const query = queryOf(c);
  const { enterpriseId } = c.get("caller");
  if (enterpriseId !== null && !query.has("enterprise_id")) query.set("enterprise_id", enterpriseId);
  return query;
}

/** What a query asks for. Throws AppError `invalid_request`. */
export function allowed<T>(reading: Reading<T>): T {
  if (reading.ok) return reading.asked;
  throw new AppError("invalid_request", "The query is not valid. See 'errors' for each wrong parameter.", {
    errors: reading.errors,
  });
}

/** The body of a request as `read` finds it. Throws AppError `invalid_request`, and what `readJson` throws. */
export async function bodyOf<T>(c: Context<Door>, read: (body: unknown) => BodyReading<T>): Promise<T> {
  const reading = read(await readJson(c));
  if (reading.ok) return reading.value;
  throw new AppError("invalid_request", "The body is not valid. See 'errors' for each wrong field.", {
    errors: reading.errors,
  });
}

/** A part of the path by its name; the router has found it there. */
export function pathPart(c: Context<Door>, name: string): string {
  return c.req.param(name) ?? "";
}

/** The path of a resource, for `Location`. */
export function locationOf(...parts: string[]): { Location: string } {
  return { Location: `/v1/${parts.map(encodeURIComponent).join("/")}` };
}
