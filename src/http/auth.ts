import type { Context } from "hono";
import { readKeyId, type StoredKey } from "../domain/api-key.ts";
import { AppError } from "../domain/app-error.ts";
import { hasScope, mayTouch, type Scope } from "../domain/caller.ts";
import { digestOf } from "../domain/digest.ts";
import { loggableId } from "../domain/loggable-id.ts";
import type { Services } from "../services.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";
import { tell } from "./request-line.ts";

/**
 * Lets a request in that carries a key as bearer token (RFC 6750 §2.1), and says who asks as `caller`. Throws AppError
 * `unauthorized` for whatever is no key that counts, without saying why, and `forbidden` without the scope.
 */
export async function authenticate(c: Context<Door>, scope: Scope, enterpriseOf: Route["enterpriseOf"]): Promise<void> {
  const services = c.get("services");
  const shown = /^Bearer +(\S+) *$/i.exec(c.req.header("Authorization") ?? "")?.[1] ?? "";
  const keyId = readKeyId(shown);
  if (keyId === null) throw unauthorized();
  let key = services.keyring.recall(keyId);
  if (key === undefined) {
    const enterpriseId = (await enterpriseOf?.(c)) ?? null;
    key = await answerInTime(services, services.keyring.read(keyId, enterpriseId, services.defer));
  }
  if (key === null || !(await fits(shown, key))) throw unauthorized();
  noteUse(services, key);
  if (!hasScope(key.caller, scope)) throw new AppError("forbidden", `This takes a key with the scope ${scope}.`);
  c.set("caller", key.caller);
}

/** Throws AppError `forbidden` for a test key: it sends nothing real, and sending is not simulated. */
export function requireLiveKey(c: Context<Door>): void {
  if (c.get("caller").mode === "live") return;
  throw new AppError("forbidden", "A test key sends nothing. Preview what would be sent, or use a live key.");
}

/** Throws AppError `forbidden` where the caller's key is for another enterprise; null: what belongs to all. */
export function requireEnterprise(c: Context<Door>, enterpriseId: string | null): void {
  if (enterpriseId !== null) tell(c, { enterprise_id: loggableId(enterpriseId) });
  if (mayTouch(c.get("caller"), enterpriseId)) return;
  throw new AppError("forbidden", "This key is for another enterprise.");
}

function unauthorized(): AppError {
  return new AppError("unauthorized", "Send a key that counts as 'Authorization: Bearer nk_…'.", {
    headers: { "WWW-Authenticate": 'Bearer realm="notify-api"' },
  });
}

/**
 * The keys that fitted, for as long as what they fit is remembered: to compare with one takes 2 µs where a digest takes
 * 11, and not its turn of the event loop. Found by the public id: what a look-up takes tells nothing of a secret.
 */
const proven = new WeakMap<StoredKey, string>();

async function fits(shown: string, key: StoredKey): Promise<boolean> {
  const before = proven.get(key);
  if (before !== undefined) return isEqual(shown, before);
  const isRight = isEqual(await digestOf(shown), key.digest);
  if (isRight) proven.set(key, shown);
  return isRight;
}

const encoder = new TextEncoder();

/** Takes the same time wherever two texts of ASCII differ; only their length, which all keys share, shows. */
function isEqual(given: string, expected: string): boolean {
  return (
    given.length === expected.length && crypto.subtle.timingSafeEqual(encoder.encode(given), encoder.encode(expected))
  );
}

/** Once for each time that a key was read, and only where the database says that it is due. */
function noteUse({ keys, defer, log }: Pick<Services, "keys" | "defer" | "log">, key: StoredKey): void {
  if (!key.isUseOld || noted.has(key)) return;
  noted.add(key);
  const { keyId } = key.caller;
  defer(keys.noteUse(keyId).catch((error: unknown) => log.error("key_use_not_noted", error, { key_id: keyId })));
}

const noted = new WeakSet<StoredKey>();
