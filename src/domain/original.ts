import type { DeliveryState } from "./delivery.ts";
import type { UpdateKeys } from "./update-keys.ts";

/** A stored row of an update that has one of the keys of a new post. */
export type StoredDelivery = {
  enterpriseId: string;
  updateId: string;
  deliveryId: string;
  updateKey: string;
  idempotencyHash: string | null;
  fingerprint: string;
  channelId: string | null;
  channel: string;
  gatewayId: string | null;
  gateway: string;
  state: DeliveryState;
  code: string | null;
};

/**
 * `none`: nothing has either key. `replay`: the same update came before; its rows in order.
 * `mismatch`: one of the keys belongs to other content.
 */
export type OriginalJudgement =
  | { kind: "none" }
  | { kind: "replay"; rows: StoredDelivery[] }
  | { kind: "mismatch"; key: "business" | "idempotency" };

/** Decides whether a post repeats a stored update. `rows`: all rows that share one of its two keys. */
export function judgeOriginal(rows: StoredDelivery[], keys: UpdateKeys): OriginalJudgement {
  const first = rows[0];
  if (!first) return { kind: "none" };
  const isSame = rows.every((row) => row.fingerprint === keys.fingerprint && row.updateId === first.updateId);
  if (isSame) return { kind: "replay", rows };
  const sameKey = rows.some((row) => row.updateKey === keys.updateKey && row.fingerprint !== keys.fingerprint);
  return { kind: "mismatch", key: sameKey ? "business" : "idempotency" };
}

/** Stored rows by the keys that they may be found by, for many posts at once. Rows of one update are in their order. */
export function createOriginals(rows: StoredDelivery[]) {
  const byKey = new Map<string, StoredDelivery[]>();
  const put = (key: string, row: StoredDelivery) => {
    const others = byKey.get(key);
    if (others) others.push(row);
    else byKey.set(key, [row]);
  };
  const add = (more: StoredDelivery[]) => {
    for (const row of more) for (const key of keysOf(row.enterpriseId, row)) put(key, row);
  };
  add(rows);
  return {
    add,
    /** All rows that share the business key or the idempotency key of a post. */
    of: (enterpriseId: string, keys: UpdateKeys): StoredDelivery[] => [
      ...new Set(keysOf(enterpriseId, keys).flatMap((key) => byKey.get(key) ?? [])),
    ],
  };
}

function keysOf(enterpriseId: string, { updateKey, idempotencyHash }: Omit<UpdateKeys, "fingerprint">): string[] {
  const update = JSON.stringify(["update", enterpriseId, updateKey]);
  return idempotencyHash === null ? [update] : [update, JSON.stringify(["key", enterpriseId, idempotencyHash])];
}
