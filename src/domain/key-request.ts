import * as z from "zod/mini";
import { readBody, strictBody, type BodyReading } from "./body-reading.ts";
import { hasScope, SCOPES, type Caller, type Scope } from "./caller.ts";
import { plainText } from "./order-update.ts";
import { readTimestamp } from "./timestamp.ts";

/** A key as it is wished for. Null: as that of the caller; for `expiresAt`, in ms since the epoch: never. */
export type KeyRequest = {
  name: string;
  scopes: Scope[];
  mode: Caller["mode"] | null;
  enterpriseId: string | null;
  expiresAt: number | null;
};

/** A key to be made. */
export type NewKey = KeyRequest & { mode: Caller["mode"] };

/** A key as it is answered; never the key itself or its digest. Instants in RFC 3339, UTC. */
export type ListedKey = {
  key_id: string;
  name: string;
  mode: string;
  scopes: Scope[];
  enterprise_id: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
};

/** Which keys somebody may see and revoke. Null: all of them. */
export type KeysInView = { enterpriseId: string | null; mode: Caller["mode"] | null };

const scopesWanted = z
  .array(z.enum(SCOPES, { error: `must be one of ${SCOPES.join(", ")}` }), { error: "must be a list of scopes" })
  .check(z.minLength(1, { error: "must name a scope" }), z.maxLength(SCOPES.length, { error: "names some twice" }));

/** The members of a key that is wished for; `now` in ms since the epoch. */
export function keyBody(now: number) {
  return strictBody({
    name: plainText(64),
    scopes: scopesWanted,
    mode: z.optional(z.enum(["live", "test"], { error: "must be live or test" })),
    enterprise_id: z.nullish(plainText(64)),
    expires_at: z.nullish(instantAhead(now)),
  });
}

/** Reads the body of `POST /v1/keys`. */
export function readKeyRequest(body: unknown, now: number): BodyReading<KeyRequest> {
  const reading = readBody(keyBody(now), body);
  if (!reading.ok) return reading;
  const { name, scopes, mode, enterprise_id, expires_at } = reading.value;
  const value = {
    name,
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    mode: mode ?? null,
    enterpriseId: enterprise_id ?? null,
    expiresAt: expires_at ?? null,
  };
  return { ok: true, value };
}

/** The key that a caller may have made, or why not: nobody gives what they do not have. */
export function grantKey(caller: Caller, wished: KeyRequest): { ok: true; key: NewKey } | { ok: false; why: string } {
  const mode = wished.mode ?? caller.mode;
  if (caller.mode === "test" && mode === "live") return { ok: false, why: "A test key makes test keys only." };
  const beyond = wished.scopes.filter((scope) => !hasScope(caller, scope));
  if (beyond.length > 0) return { ok: false, why: `This key does not have the scope ${beyond.join(", ")} itself.` };
  return { ok: true, key: { ...wished, mode, enterpriseId: wished.enterpriseId ?? caller.enterpriseId } };
}

/** What a caller sees of the keys: a test key nothing of live ones. */
export function keysInViewOf({ mode, enterpriseId }: Caller): KeysInView {
  return { enterpriseId, mode: mode === "test" ? "test" : null };
}

/** An instant after `now`, in ms since the epoch, however far. */
function instantAhead(now: number) {
  return z.pipe(
    z.string({ error: "must be a string" }),
    z.transform((text: string, { issues }) => {
      const reading = readTimestamp(text, Math.max(Date.parse(text) || 0, now));
      if (reading.ok && reading.instant > now) return reading.instant;
      issues.push({ code: "custom", input: text, message: reading.ok ? "must be ahead" : reading.message });
      return z.NEVER;
    }),
  );
}
