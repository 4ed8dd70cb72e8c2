import { Client } from "@planetscale/database";
import { uuidv7obj } from "uuidv7";
import type { Caller } from "../../src/domain/caller.ts";
import { SCOPES } from "../../src/domain/caller.ts";
import { digestOf } from "../../src/domain/digest.ts";
import { readTimestamp } from "../../src/domain/timestamp.ts";
import { newKey } from "./new-key.ts";

/** A key as it is wished for; `expires` as it was written. */
export type NewKey = {
  name: string;
  scopes: string[];
  enterprise: string | null;
  mode: Caller["mode"];
  expires: string | null;
};

/** What is told of a key; instants as the database writes them. */
export type KeptKey = Record<"key_id" | "key_name" | "mode" | "scopes" | "owner_id" | "created_at", string> &
  Record<"expires_at" | "last_used_at" | "revoked_at", string | null>;

/** Makes a key that counts from now on. Throws with the reason where it is not to be had. */
export async function createKey(databaseUrl: string, wished: NewKey): Promise<{ keyId: string; key: string }> {
  const { name, scopes, enterprise, mode, expires } = wished;
  const wrong = scopes.filter((scope) => !SCOPES.some((known) => known === scope));
  if (wrong.length > 0) throw new Error(`There is no scope ${wrong.join(", ")}: scopes are ${SCOPES.join(", ")}.`);
  if (name.trim() === "" || name.length > 64) throw new Error("--name takes 1 to 64 characters.");
  const client = new Client({ url: databaseUrl });
  if (enterprise !== null) await mustExist(client, enterprise);
  const made = newKey(mode);
  const joined = SCOPES.filter((scope) => scopes.includes(scope)).join(",");
  const values = [made.keyId, await digestOf(made.key), name, mode, joined, enterprise ?? "", expiryOf(expires)];
  await client.transaction(async (within) => {
    await within.execute(
      `INSERT INTO api_keys (key_id, digest, key_name, mode, scopes, owner_id, expires_at, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      values,
    );
    await within.execute(AUDIT, [
      auditId(),
      enterprise ?? "",
      made.keyId,
      "created",
      JSON.stringify({ scopes: joined, mode }),
    ]);
  });
  return made;
}

export async function listKeys(databaseUrl: string): Promise<KeptKey[]> {
  const { rows } = await new Client({ url: databaseUrl }).execute<KeptKey>(
    `SELECT key_id, key_name, mode, scopes, owner_id, created_at, expires_at, last_used_at, revoked_at
       FROM api_keys ORDER BY key_id DESC LIMIT 1000`,
  );
  return rows;
}

/** Ends a key; says what has happened. Throws where there is no such key. */
export async function revokeKey(databaseUrl: string, keyId: string): Promise<string> {
  const client = new Client({ url: databaseUrl });
  const { rows } = await client.execute<{ owner_id: string; revoked_at: string | null }>(
    "SELECT owner_id, revoked_at FROM api_keys WHERE key_id = ?",
    [keyId],
  );
  const [key] = rows;
  if (!key) throw new Error(`There is no key ${keyId}: npm run keys -- list shows those that there are.`);
  if (key.revoked_at !== null) return `${keyId} was revoked at ${key.revoked_at}.`;
  await client.transaction(async (within) => {
    await within.execute("UPDATE api_keys SET revoked_at = UTC_TIMESTAMP(3) WHERE key_id = ? AND revoked_at IS NULL", [
      keyId,
    ]);
    await within.execute(AUDIT, [auditId(), key.owner_id, keyId, "revoked", null]);
  });
  return `${keyId} is revoked: nowhere does it count for longer than 30 seconds.`;
}

/** Whoever has the database's password is told apart from those who come with a key. */
const AUDIT = `
  INSERT INTO audit (audit_id, owner_id, key_id, resource, resource_id, action, changes, changed_at)
  VALUES (?, ?, 'cli', 'key', ?, ?, ?, UTC_TIMESTAMP(3))`;

function auditId(): string {
  return `aud_${uuidv7obj().toHex()}`;
}

async function mustExist(client: Client, enterpriseId: string): Promise<void> {
  const { rows } = await client.execute("SELECT 1 FROM customers WHERE enterprise_id = ?", [enterpriseId]);
  if (rows.length === 0) throw new Error(`There is no enterprise ${enterpriseId}.`);
}

function expiryOf(text: string | null): string | null {
  if (text === null) return null;
  const instant = Date.parse(text);
  const reading = readTimestamp(text, instant);
  if (!reading.ok || instant <= Date.now())
    throw new Error("--expires takes an instant ahead, as 2027-01-31T00:00:00Z.");
  return new Date(reading.instant).toISOString().slice(0, 23).replace("T", " ");
}
