import { KEY_BYTES, makeApiKey } from "../../src/domain/api-key.ts";
import type { Scope } from "../../src/domain/caller.ts";
import { digestOf } from "../../src/domain/digest.ts";
import { query } from "./kit.ts";

export type TestKey = { key: string; keyId: string; headers: { Authorization: string } };

/** A key that no other test has. `expiresIn`: seconds by the database's clock. */
export async function newTestKey(
  set: { scopes?: Scope[]; enterpriseId?: string; mode?: "live" | "test"; expiresIn?: number } = {},
): Promise<TestKey> {
  const { scopes = ["admin"], enterpriseId = "", mode = "live", expiresIn = null } = set;
  const random = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const { key, keyId } = makeApiKey({ mode, now: Date.now(), random });
  await query(
    `INSERT INTO api_keys (key_id, digest, key_name, mode, scopes, owner_id, created_at, expires_at)
     VALUES (?, ?, 'of a test', ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
    [keyId, await digestOf(key), mode, scopes.join(","), enterpriseId, expiresIn],
  );
  return { key, keyId, headers: { Authorization: `Bearer ${key}` } };
}
