import { randomBytes } from "node:crypto";
import { KEY_BYTES, makeApiKey } from "../../src/domain/api-key.ts";
import type { Caller } from "../../src/domain/caller.ts";

/** A new key, made of the machine's randomness, and its id. */
export function newKey(mode: Caller["mode"]): { keyId: string; key: string } {
  return makeApiKey({ mode, now: Date.now(), random: randomBytes(KEY_BYTES) });
}
