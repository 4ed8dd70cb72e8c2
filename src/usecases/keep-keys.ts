import { AppError } from "../domain/app-error.ts";
import type { Caller } from "../domain/caller.ts";
import { digestOf } from "../domain/digest.ts";
import { grantKey, keysInViewOf, type KeyRequest, type KeysInView, type ListedKey } from "../domain/key-request.ts";
import type { PageOf } from "../domain/page-cursor.ts";
import type { Services } from "../services.ts";
import { auditEntry } from "./audit-entry.ts";
import { toldPage, type ToldPage } from "./told-page.ts";

type Reads = Pick<Services, "keys">;

/**
 * Makes a key; this answer is the only one that has it. Throws AppError `forbidden` where the caller would give more than
 * it has, and `enterprise_not_found`.
 */
export async function addKey(
  services: Reads & Pick<Services, "ids" | "newKey" | "customers">,
  wished: KeyRequest,
  caller: Caller,
): Promise<ListedKey & { key: string }> {
  const granted = grantKey(caller, wished);
  if (!granted.ok) throw new AppError("forbidden", granted.why);
  const { mode, scopes, enterpriseId } = granted.key;
  if (enterpriseId !== null && (await services.customers.find(enterpriseId)) === null) {
    throw new AppError("enterprise_not_found", "There is no enterprise with this enterprise_id.");
  }
  const { keyId, key } = services.newKey(mode);
  const entry = auditEntry(services, caller, {
    enterpriseId,
    resource: "key",
    resourceId: keyId,
    action: "created",
    changes: { scopes, mode },
  });
  await services.keys.insert({ ...granted.key, keyId, digest: await digestOf(key) }, entry);
  const listed = (await services.keys.find(keyId, keysInViewOf(caller))) ?? notFound();
  return { ...listed, key };
}

/** A page of the keys in view, newest first. */
export async function listKeys({ keys }: Reads, asked: PageOf<KeysInView>): Promise<ToldPage<ListedKey>> {
  return toldPage("keys", asked, await keys.page(asked));
}

/**
 * Ends a key: here at once, and nowhere does it count for longer than half a minute. One that is revoked stays so, and
 * nothing is written again. Throws AppError `key_not_found`.
 */
export async function revokeKey(
  services: Reads & Pick<Services, "ids" | "keyring">,
  keyId: string,
  caller: Caller,
): Promise<void> {
  const key = (await services.keys.find(keyId, keysInViewOf(caller))) ?? notFound();
  const entry = auditEntry(services, caller, {
    enterpriseId: key.enterprise_id,
    resource: "key",
    resourceId: keyId,
    action: "revoked",
    changes: null,
  });
  if (key.revoked_at === null) await services.keys.revoke(keyId, entry);
  services.keyring.forget(keyId);
}

function notFound(): never {
  throw new AppError("key_not_found", "There is no key with this key_id.");
}
