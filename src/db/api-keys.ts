import type { StoredKey } from "../domain/api-key.ts";
import { SCOPES, type Scope } from "../domain/caller.ts";
import type { Db } from "./client.ts";
import { selectList } from "./select-list.ts";
import { isTrue, type Truth } from "./truth.ts";

/** What is asked of a key that somebody shows. */
export const KEY_COLUMNS = {
  keyId: "api_keys.key_id",
  digest: "api_keys.digest",
  mode: "api_keys.mode",
  scopes: "api_keys.scopes",
  ownerId: "api_keys.owner_id",
  expiresInUs: "TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), api_keys.expires_at)",
  isUseOld: "COALESCE(api_keys.last_used_at < UTC_TIMESTAMP(3) - INTERVAL 60 SECOND, TRUE)",
} satisfies Record<keyof KeyRow, string>;

/** Only a key that counts is found: revoked and expired ones are as if they had never been. */
export const OF_A_KEY = `api_keys
   WHERE api_keys.key_id = ? AND api_keys.revoked_at IS NULL
     AND (api_keys.expires_at IS NULL OR api_keys.expires_at > UTC_TIMESTAMP(3))`;

/** A row of `KEY_COLUMNS`; 64-bit numbers come as texts. */
export type KeyRow = {
  keyId: string;
  digest: string;
  mode: string;
  scopes: string;
  ownerId: string;
  expiresInUs: string | number | null;
  isUseOld: Truth;
};

/** A key that counts by the database's clock, or null. */
export async function loadKey(db: Db, keyId: string): Promise<StoredKey | null> {
  const { rows } = await db.$client.execute<KeyRow>(`SELECT ${selectList(KEY_COLUMNS)} FROM ${OF_A_KEY}`, [keyId]);
  return rows[0] ? readKeyRow(rows[0]) : null;
}

export function readKeyRow({ keyId, digest, mode, scopes, ownerId, expiresInUs, isUseOld }: KeyRow): StoredKey {
  return {
    digest,
    caller: {
      keyId,
      mode: mode === "live" ? "live" : "test",
      scopes: readScopes(scopes),
      enterpriseId: ownerId === "" ? null : ownerId,
    },
    expiresInMs: expiresInUs === null ? null : Number(expiresInUs) / 1000,
    isUseOld: isTrue(isUseOld),
  };
}

/** Those of the scopes that this version knows. */
export function readScopes(joined: string): Scope[] {
  const given = joined.split(",");
  return SCOPES.filter((scope) => given.includes(scope));
}

/** Writes down that a key is in use, if that is not known since a minute. */
export async function noteKeyUse(db: Db, keyId: string): Promise<void> {
  await db.$client.execute(NOTE_USE, [keyId]);
}

const NOTE_USE = `
  UPDATE api_keys FORCE INDEX (PRIMARY) SET last_used_at = UTC_TIMESTAMP(3)
   WHERE key_id = ? AND (last_used_at IS NULL OR last_used_at < UTC_TIMESTAMP(3) - INTERVAL 60 SECOND)`;
