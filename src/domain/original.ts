import type { DeliveryState } from "./delivery.ts";
import type { UpdateKeys } from "./update-keys.ts";

/** A stored row of an update that has one of the keys of a new post. */
export type StoredDelivery = {
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
