import { digestOf } from "./digest.ts";
import { canonicalJson } from "./json-object.ts";
import type { OrderUpdate } from "./order-update.ts";

/**
 * What makes two posts the same update, each a SHA-256 digest in base64url (43 characters).
 *
 * - `updateKey`: the business key within an enterprise: shipment, status and instant.
 * - `idempotencyHash`: of the client's Idempotency-Key, where one is given.
 * - `fingerprint`: of the whole content; a key that comes back with another one is refused.
 */
export type UpdateKeys = { updateKey: string; idempotencyHash: string | null; fingerprint: string };

export async function updateKeys(update: OrderUpdate, idempotencyKey: string | null): Promise<UpdateKeys> {
  const { enterpriseId, shipmentId, status, occurredAt, data } = update;
  const [updateKey, fingerprint, idempotencyHash] = await Promise.all([
    digestOf(JSON.stringify([shipmentId, status, occurredAt])),
    digestOf(canonicalJson([enterpriseId, shipmentId, status, occurredAt, data])),
    idempotencyKey === null ? null : digestOf(idempotencyKey),
  ]);
  return { updateKey, idempotencyHash, fingerprint };
}

/** Characters that an Idempotency-Key may have: 1 to 255 of visible ASCII. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Reads the header `Idempotency-Key`. The IETF draft writes it as a quoted string; most clients send it
 * bare. Both are the same key. Undefined when it is not usable, null when there is none.
 */
export function readIdempotencyKey(header: string | undefined): string | null | undefined {
  if (header === undefined) return null;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  return IDEMPOTENCY_KEY.test(key) ? key : undefined;
}
