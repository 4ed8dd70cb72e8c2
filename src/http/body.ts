import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import { isDeeperThan } from "../domain/json-depth.ts";
import type { Door } from "./door.ts";

/** The most that a request's body may have, in bytes, where a route does not allow more. */
const MAX_JSON_BYTES = 64 * 1024;

/** Far above what any route reads, and far below what costs anything: `data` of an update has a limit of its own. */
const MAX_LEVELS = 32;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * The body of a request as JSON, of at most `maxBytes`, or `maxArrayBytes` where it is an array; may be asked for more than
 * once. Throws AppError `unsupported_media_type`, `body_too_large` or `invalid_json`, and `invalid_request` where it nests
 * too deep.
 */
export function readJson(
  c: Context<Door>,
  maxBytes: number = MAX_JSON_BYTES,
  maxArrayBytes: number = maxBytes,
): Promise<unknown> {
  const json = c.get("json") ?? readJsonOnce(c, maxBytes, maxArrayBytes);
  c.set("json", json);
  return json;
}

async function readJsonOnce(c: Context<Door>, maxBytes: number, maxArrayBytes: number): Promise<unknown> {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(c.req.header("Content-Type") ?? "")) {
    throw new AppError("unsupported_media_type", "Send JSON, with 'Content-Type: application/json'.", {
      headers: { "Accept-Post": "application/json" },
    });
  }
  const bytes = await readBytes(c, maxArrayBytes);
  if (isDeeperThan(MAX_LEVELS, bytes)) {
    throw new AppError("invalid_request", `The body nests more than ${MAX_LEVELS} levels deep.`, {
      errors: [{ pointer: "", message: `must nest at most ${MAX_LEVELS} levels deep` }],
    });
  }
  const value = parse(bytes);
  if (bytes.byteLength > maxBytes && !Array.isArray(value)) throw tooLarge(maxBytes);
  return value;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new AppError("invalid_json", "The body is not well-formed JSON in UTF-8.", {
      errors: [{ pointer: "", message: "must be well-formed JSON in UTF-8" }],
    });
  }
}

/**
 * The body of a request as it came in, up to `maxBytes`; beyond that throws AppError `body_too_large`, and
 * `unsupported_media_type` where it is compressed: nothing here unpacks it, and a small one may hold a large one.
 */
export async function readBytes(c: Context<Door>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!/^(?:identity)?$/i.test(c.req.header("Content-Encoding") ?? "")) {
    throw new AppError("unsupported_media_type", "Send the body as it is, without Content-Encoding.", {
      headers: { "Accept-Encoding": "identity" },
    });
  }
  const declared = c.req.header("Content-Length");
  if (Number(declared ?? 0) > maxBytes) throw tooLarge(maxBytes);
  // What says how long it is ends there by HTTP's own rules; only the rest has to be watched as it comes in.
  const body = declared === undefined ? await readPieces(c, maxBytes) : new Uint8Array(await c.req.raw.arrayBuffer());
  if (body.byteLength > maxBytes) throw tooLarge(maxBytes);
  return body;
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("body_too_large", `The body has more than ${maxBytes} bytes.`);
}

/** The whole body, or of a longer one as much as shows that it is. */
async function readPieces(c: Context<Door>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of c.req.raw.body ?? []) {
    size += piece.byteLength;
    pieces.push(piece);
    if (size > maxBytes) break;
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    body.set(piece, offset);
    offset += piece.byteLength;
  }
  return body;
}
