import type { Caller } from "./caller.ts";

/** `nk_live_<id>_<secret><check>`: 16 characters, 43 (256 bits) and 6. Scanners for secrets can know it by this form. */
const FORM = /^(nk_(live|test)_([0-9A-Za-z]{16})_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** How many random bytes a key is made of. */
export const KEY_BYTES = 37;

/** A key as the database knows it, at the moment when it was read. */
export type StoredKey = {
  /** Of the whole key, so that no part of it can be exchanged for another. */
  digest: string;
  caller: Caller;
  /** Null: it does not expire. */
  expiresInMs: number | null;
  /** Whether its last use that is written down is a minute old. */
  isUseOld: boolean;
};

/** A new key: what its owner gets, once, and the id under which its digest is kept. Ids sort by the time of making. */
export function makeApiKey({ mode, now, random }: { mode: Caller["mode"]; now: number; random: Uint8Array }): {
  keyId: string;
  key: string;
} {
  const id = base62(BigInt(now), 8) + base62(numberIn(random.subarray(0, 5)), 8);
  const text = `nk_${mode}_${id}_${base62(numberIn(random.subarray(5, KEY_BYTES)), 43)}`;
  return { keyId: `key_${id}`, key: text + checkOf(text) };
}

/** The id of what may be a key, or null for what none ever was: mistyped, cut off, something else. */
export function readKeyId(text: string): string | null {
  const [, start = "", , id = "", check] = FORM.exec(text) ?? [];
  return check !== undefined && checkOf(start) === check ? `key_${id}` : null;
}

/** CRC-32 (as in ISO 3309): for mistakes, so that they cost no look into the database. It keeps nobody out. */
function checkOf(text: string): string {
  let crc = -1;
  for (let at = 0; at < text.length; at += 1) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return base62(BigInt(~crc >>> 0), 6);
}

/** In the order of ASCII, so that texts of one length sort as their numbers do. */
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
}

function numberIn(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
