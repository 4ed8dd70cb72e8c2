import type { KeptKey } from "./kept-keys.ts";

/** One line for each key. */
export function printKeys(keys: KeptKey[]): void {
  if (keys.length === 0) return console.log("There is no key yet: npm run keys -- create --name NAME --scopes SCOPES");
  for (const key of keys) {
    const { key_id, mode, scopes, owner_id, key_name, last_used_at } = key;
    const used = last_used_at === null ? "never used" : `used ${last_used_at.slice(0, 16)}`;
    console.log(
      [key_id, mode, scopes.padEnd(15), owner_id || "all enterprises", key_name, used, standingOf(key)].join("  "),
    );
  }
}

function standingOf({ revoked_at, expires_at }: KeptKey): string {
  if (revoked_at !== null) return `revoked ${revoked_at.slice(0, 16)}`;
  return expires_at === null ? "" : `until ${expires_at.slice(0, 16)}`;
}
