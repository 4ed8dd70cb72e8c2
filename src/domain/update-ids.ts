import { idsBefore } from "./retention.ts";

/** One isolate makes the ids of an update and of its deliveries in one go; so much time is ample for that, in ms. */
const MADE_WITHIN_MS = 1_000;

/**
 * Between which ids the deliveries of an update are, both not included: made by the same isolate right after the
 * update's own, they sort behind it. So they are found without an index on the update. Null when that is no id of ours.
 */
export function deliveryIdsOf(updateId: string): { after: string; before: string } | null {
  const hex = /^upd_([0-9a-f]{32})$/.exec(updateId)?.[1];
  if (hex === undefined) return null;
  const madeAt = Number.parseInt(hex.slice(0, 12), 16);
  return { after: `dlv_${hex}`, before: idsBefore("dlv", madeAt + MADE_WITHIN_MS) };
}
