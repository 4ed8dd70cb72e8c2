import { sql, type SQL } from "drizzle-orm";
import type { AuditEntry } from "../domain/audit-entry.ts";
import type { KeysInView, ListedKey, NewKey } from "../domain/key-request.ts";
import type { Page, PageOf } from "../domain/page-cursor.ts";
import { noteKeyUse, readScopes } from "./api-keys.ts";
import { audited } from "./audited.ts";
import type { Db } from "./client.ts";
import { isoOf, textOf, utcNow } from "./time.ts";
import { where } from "./where.ts";

/** The keys that let somebody in. */
export function createKeys(db: Db) {
  return {
    noteUse: (keyId: string) => noteKeyUse(db, keyId),
    insert: (key: NewKey & { keyId: string; digest: string }, entry: AuditEntry) =>
      audited(db, entry, async (within) => {
        await within.execute(sql`
          INSERT INTO api_keys (key_id, digest, key_name, mode, scopes, owner_id, expires_at, created_at)
          VALUES (${key.keyId}, ${key.digest}, ${key.name}, ${key.mode}, ${key.scopes.join(",")},
                  ${key.enterpriseId ?? ""}, ${key.expiresAt === null ? null : textOf(key.expiresAt)}, ${utcNow})`);
        return true;
      }),
    find: async (keyId: string, inView: KeysInView): Promise<ListedKey | null> => {
      const { rows } = await db.execute(select([sql`key_id = ${keyId}`, ...seen(inView)], 1));
      return rows[0] ? toKey(rows[0] as KeptRow) : null;
    },
    /** Newest first, by their ids, which begin with their time. */
    page: async ({ filter, limit, after }: PageOf<KeysInView>): Promise<Page<ListedKey>> => {
      const beyond = after === null ? [] : [sql`key_id < ${after.key[0]}`];
      const { rows } = await db.execute(select([...seen(filter), ...beyond], limit + 1));
      const found = (rows as KeptRow[]).slice(0, limit);
      const last = rows.length > limit ? found.at(-1) : undefined;
      return { rows: found.map(toKey), next: last ? { at: 0, key: [last.key_id] } : null };
    },
    /** False where it was revoked before, and then nothing is written. */
    revoke: (keyId: string, entry: AuditEntry) =>
      audited(db, entry, async (within) => {
        const { rowsAffected } = await within.execute(sql`
          UPDATE api_keys FORCE INDEX (PRIMARY) SET revoked_at = ${utcNow} WHERE key_id = ${keyId} AND revoked_at IS NULL`);
        return rowsAffected > 0;
      }),
  };
}

type KeptRow = Omit<ListedKey, "scopes" | "enterprise_id"> & { scopes: string; owner_id: string };

function select(conditions: SQL[], limit: number): SQL {
  return sql`
    SELECT key_id, key_name AS name, mode, scopes, owner_id, created_at, expires_at, last_used_at, revoked_at
      FROM api_keys${where(conditions)}
     ORDER BY key_id DESC LIMIT ${limit}`;
}

function seen({ enterpriseId, mode }: KeysInView): SQL[] {
  return [
    ...(enterpriseId === null ? [] : [sql`owner_id = ${enterpriseId}`]),
    ...(mode === null ? [] : [sql`mode = ${mode}`]),
  ];
}

function toKey({ key_id, name, mode, scopes, owner_id, ...times }: KeptRow): ListedKey {
  const told = (time: string | null) => (time === null ? null : isoOf(time));
  return {
    key_id,
    name,
    mode,
    scopes: readScopes(scopes),
    enterprise_id: owner_id || null,
    created_at: isoOf(times.created_at),
    expires_at: told(times.expires_at),
    last_used_at: told(times.last_used_at),
    revoked_at: told(times.revoked_at),
  };
}
