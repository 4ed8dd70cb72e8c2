import { decodeBase64Url, encodeBase64Url } from "./base64url.ts";

/** Where a page ended: the instant (ms since the epoch) of its last row, and the rest of the key that orders rows. */
export type Position = { at: number; key: (string | number)[] };

/** A page as it is asked for: of what, how many rows at most, and after which position (null: from the start). */
export type PageOf<Filter> = { filter: Filter; limit: number; after: Position | null };

/** One page, and the position after which the next one begins; null after the last. */
export type Page<Row> = { rows: Row[]; next: Position | null };

/** No cursor that we made is longer, and none names a later instant (the year 9999, as far as databases count). */
const LONGEST = 1_000;
const LATEST = Date.UTC(9999, 11, 31);

/** A position as an opaque text that fits no other question than `asked`, which names list and filter. */
export function writeCursor({ at, key }: Position, asked: unknown): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify([fingerprint(asked), at, ...key])));
}

/** The position that a cursor names; null when the text is none, or belongs to another question. */
export function readCursor(text: string, asked: unknown, keyParts: number): Position | null {
  const [tag, at, ...key] = partsOf(text);
  if (tag !== fingerprint(asked) || typeof at !== "number" || !Number.isSafeInteger(at)) return null;
  if (at < 0 || at > LATEST || key.length !== keyParts || !key.every(isKeyPart)) return null;
  return { at, key };
}

function partsOf(text: string): unknown[] {
  const bytes = text.length > LONGEST ? null : decodeBase64Url(text);
  if (bytes === null) return [];
  try {
    const parts: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function isKeyPart(part: unknown): part is string | number {
  return typeof part === "string" ? part.isWellFormed() : Number.isSafeInteger(part);
}

/**
 * FNV-1a of the question in 32 bits. It finds mistakes; it need not keep out forgers, for a cursor moves nobody
 * beyond what the rest of the question, which is checked by itself, lets them see.
 */
function fingerprint(asked: unknown): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(JSON.stringify(asked))) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
