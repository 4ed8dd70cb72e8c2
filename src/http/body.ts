import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import type { Door } from "./door.ts";

/** The most that a request's body may have, in bytes. */
const MAX_JSON_BYTES = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** The body of a request as JSON. Throws AppError `unsupported_media_type`, `body_too_large` or `invalid_json`. */
export async function readJson(c: Context<Door>): Promise<unknown> {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(c.req.header("Content-Type") ?? "")) {
    throw new AppError("unsupported_media_type", "Send JSON, with 'Content-Type: application/json'.", {
      headers: { "Accept-Post": "application/json" },
    });
  }
  const bytes = await readBytes(c, MAX_JSON_BYTES);
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new AppError("invalid_json", "The body is not well-formed JSON in UTF-8.", {
      errors: [{ pointer: "", message: "must be well-formed JSON in UTF-8" }],
    });
  }
}

/** The body of a request as it came in, up to `maxBytes`; beyond that throws AppError `body_too_large`. */
export async function readBytes(c: Context<Door>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new AppError("body_too_large", `The body has more than ${maxBytes} bytes.`);
  const declared = c.req.header("Content-Length");
  if (Number(declared ?? 0) > maxBytes) throw tooLarge();
  // What says how long it is ends there by HTTP's own rules; only the rest has to be watched as it comes in.
  const body = declared === undefined ? await readPieces(c, maxBytes) : new Uint8Array(await c.req.raw.arrayBuffer());
  if (body.byteLength > maxBytes) throw tooLarge();
  return body;
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
