import { decodeBase64Url, encodeBase64Url } from "../domain/base64url.ts";
import type { Credentials, CredentialsPlace, Opening, Sealing } from "../domain/credentials.ts";
import { isRecord, parseJson } from "./json-text.ts";

/** A key that seals: 32 bytes, by the id that stands in what it has sealed. */
export type SealingKey = { keyId: string; bytes: Uint8Array<ArrayBuffer> };

/** Seals credentials for one gateway, and opens them for that one only. Neither throws for what it is given. */
export type Vault = {
  seal: (place: CredentialsPlace, credentials: Credentials) => Promise<Sealing>;
  open: (place: CredentialsPlace, sealed: string) => Promise<Opening>;
};

/** `v1.<key id>.<iv>.<ciphertext and tag>`, the last two in base64url. */
const SEALED = /^v1\.([a-z0-9-]{1,20})\.([\w-]{16})\.([\w-]{22,})$/;

/** The length that GCM is made for (NIST SP 800-38D, section 8.2.2): at random, good for 2^32 seals of one key. */
const IV_BYTES = 12;

/**
 * AES-256-GCM by keys of which the last one seals and all open. What is sealed is bound to its key's id, its
 * enterprise and its gateway: a text that is put into another row is damaged there.
 */
export function createVault(keys: readonly SealingKey[]): Vault {
  const present = keys.at(-1);
  const imported = new Map<string, Promise<CryptoKey>>();
  const keyOf = ({ keyId, bytes }: SealingKey): Promise<CryptoKey> => {
    const known = imported.get(keyId) ?? importKey(bytes);
    imported.set(keyId, known);
    return known;
  };
  return {
    seal: async (place, credentials) => {
      if (present === undefined) return { kind: "not_configured" };
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const plain = new TextEncoder().encode(JSON.stringify(credentials));
      const sealed = await crypto.subtle.encrypt(gcm(iv, present.keyId, place), await keyOf(present), plain);
      const parts = ["v1", present.keyId, encodeBase64Url(iv), encodeBase64Url(new Uint8Array(sealed))];
      return { kind: "sealed", text: parts.join(".") };
    },
    open: async (place, sealed) => {
      const [, keyId, ivText = "", text = ""] = SEALED.exec(sealed) ?? [];
      const [iv, bytes] = [decodeBase64Url(ivText), decodeBase64Url(text)];
      if (keyId === undefined || iv === null || bytes === null) return { kind: "damaged" };
      const key = keys.find((one) => one.keyId === keyId);
      if (key === undefined) return { kind: "unknown_key", keyId };
      const plain = await decrypt(gcm(iv, keyId, place), await keyOf(key), bytes);
      const credentials = plain === null ? null : readCredentials(plain);
      return credentials === null
        ? { kind: "damaged" }
        : { kind: "opened", credentials, isOutdated: keyId !== present?.keyId };
    },
  };
}

/** A JSON array, so that no two places are written alike whatever characters their ids have. */
function gcm(iv: Uint8Array<ArrayBuffer>, keyId: string, { ownerId, gatewayId }: CredentialsPlace) {
  const bound = JSON.stringify(["gateway credentials, v1", keyId, ownerId, gatewayId]);
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(bound) };
}

/** Null where the bytes, or what they are bound to, are not those that were sealed. */
async function decrypt(
  algorithm: ReturnType<typeof gcm>,
  key: CryptoKey,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, bytes));
  } catch {
    return null;
  }
}

function readCredentials(plain: string): Credentials | null {
  const read = parseJson(plain);
  return isRecord(read) && Object.values(read).every((value) => typeof value === "string")
    ? (read as Credentials)
    : null;
}

function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}
