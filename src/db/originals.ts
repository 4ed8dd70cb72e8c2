import { format } from "@planetscale/database";
import type { StoredDelivery } from "../domain/original.ts";
import type { UpdateKeys } from "../domain/update-keys.ts";
import type { Db } from "./client.ts";

/** All rows that share the business key or the idempotency key of a post, in the order of their positions. */
export async function findOriginal(
  db: Db,
  enterpriseId: string,
  { updateKey, idempotencyHash }: UpdateKeys,
): Promise<StoredDelivery[]> {
  const { rows } =
    idempotencyHash === null
      ? await db.$client.execute<Stored>(BY_UPDATE, [enterpriseId, updateKey])
      : await db.$client.execute<Stored>(BY_EITHER, [enterpriseId, updateKey, enterpriseId, idempotencyHash]);
  return inOrder(rows);
}

type Stored = StoredDelivery & { position: number };

const STORED = `SELECT enterprise_id AS enterpriseId, update_id AS updateId, delivery_id AS deliveryId, position, update_key AS updateKey,
  idempotency_hash AS idempotencyHash, fingerprint, channel_id AS channelId, channel, gateway_id AS gatewayId, gateway,
  state, code FROM deliveries`;
const BY_UPDATE = `${STORED} WHERE enterprise_id = ? AND update_key = ?`;
const BY_EITHER = `${BY_UPDATE} UNION ${STORED} WHERE enterprise_id = ? AND idempotency_hash = ?`;

/** A post with the keys of which its original has one. */
type Asked = { update: { enterpriseId: string }; keys: UpdateKeys };

/** The same for many posts at once, of any enterprises: one statement. */
export async function findOriginals(db: Db, asked: Asked[]): Promise<StoredDelivery[]> {
  const byUpdate = asked.map(({ update, keys }) => ({ ...update, value: keys.updateKey }));
  const byKey = asked.flatMap(({ update, keys: { idempotencyHash: value } }) =>
    value === null ? [] : [{ ...update, value }],
  );
  const parts = [
    `FORCE INDEX (deliveries_update) WHERE ${isOneOf("update_key", byUpdate)}`,
    ...(byKey.length === 0 ? [] : [`FORCE INDEX (deliveries_idempotency) WHERE ${isOneOf("idempotency_hash", byKey)}`]),
  ];
  // The indexes are named, for of so many values a server only supposes how many rows each has.
  const { rows } = await db.$client.execute<Stored>(parts.map((part) => `${STORED} ${part}`).join(" UNION "));
  return inOrder(rows);
}

/** Each enterprise with its own values, or the server would look for every value under every enterprise. */
function isOneOf(column: string, wanted: { enterpriseId: string; value: string }[]): string {
  const byEnterprise = Map.groupBy(wanted, ({ enterpriseId }) => enterpriseId);
  const each = [...byEnterprise].map(([enterpriseId, ofOne]) =>
    format(`(enterprise_id = ? AND ${column} IN (?))`, [enterpriseId, ofOne.map(({ value }) => value)]),
  );
  return `${format("enterprise_id IN (?)", [[...byEnterprise.keys()]])} AND (${each.join(" OR ")})`;
}

function inOrder(rows: Stored[]): StoredDelivery[] {
  return rows.toSorted((a, b) => a.position - b.position).map(({ position: _, ...row }) => row);
}
