import { AppError } from "../domain/app-error.ts";

/** The longest address of a request, in characters: ten times what a cursor and every filter of a list take. */
const MAX_URL = 8_192;

/** The most that the headers of a request may have together, in characters: what most servers in front of others take. */
const MAX_HEADERS = 16_384;

/** The longest `Authorization`, in characters; keys have less than 100. */
const MAX_AUTHORIZATION = 512;

/**
 * What of a request is too long to be looked at any further, or null. Bodies have limits of their own where they are read,
 * and `Idempotency-Key` has the one of its form.
 */
export function excessOf({ url, headers }: Request): AppError | null {
  if (url.length > MAX_URL) return new AppError("uri_too_long", `The address has more than ${MAX_URL} characters.`);
  let size = 0;
  headers.forEach((value, name) => {
    size += name.length + value.length;
  });
  if (size > MAX_HEADERS) {
    return new AppError("headers_too_large", `The headers have more than ${MAX_HEADERS} characters together.`);
  }
  if ((headers.get("Authorization") ?? "").length <= MAX_AUTHORIZATION) return null;
  return new AppError("headers_too_large", `Authorization has more than ${MAX_AUTHORIZATION} characters.`);
}
