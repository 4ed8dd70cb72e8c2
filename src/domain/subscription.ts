import * as z from "zod/mini";
import { nameKey } from "./adapter-facts.ts";
import { readBody, strictBody, truth, type BodyReading } from "./body-reading.ts";
import { idText, plainText } from "./order-update.ts";

/** Through which gateway an enterprise is reached on a channel, as it is answered. */
export type Subscription = {
  enterprise_id: string;
  channel_id: string;
  gateway_id: string;
  enabled: boolean;
  /** The statuses that are wanted, in lower case; null: all. */
  statuses: string[] | null;
};

export type SubscriptionKey = Pick<Subscription, "enterprise_id" | "channel_id" | "gateway_id">;

/** What is to be changed of a subscription, by its members; those that are not named stay. */
export type SubscriptionChanges = { [M in "enabled" | "statuses"]?: Subscription[M] | undefined };

const MOST_STATUSES = 50;
const HOW_MANY = `must be 1 to ${MOST_STATUSES} statuses, or null for all`;

const members = {
  enabled: truth,
  statuses: z.nullish(
    z.pipe(
      z
        .array(plainText(64), { error: HOW_MANY })
        .check(z.minLength(1, { error: HOW_MANY }), z.maxLength(MOST_STATUSES, { error: HOW_MANY })),
      z.transform((statuses: string[]) => [...new Set(statuses.map(nameKey))]),
    ),
  ),
};

/** A subscription, as `POST /v1/subscriptions` takes it. */
export const subscriptionBody = strictBody({
  enterprise_id: idText,
  channel_id: plainText(40),
  gateway_id: plainText(40),
  ...members,
});
/** A change, as `PATCH` takes it. */
export const subscriptionChangesBody = strictBody(members);

/** Reads the body of `POST /v1/subscriptions`. */
export function readSubscription(body: unknown): BodyReading<Subscription> {
  const reading = readBody(subscriptionBody, body);
  if (!reading.ok) return reading;
  const { enabled, statuses, ...key } = reading.value;
  return { ok: true, value: { ...key, enabled: enabled ?? true, statuses: statuses ?? null } };
}

/** Reads a change of a subscription, a JSON merge patch (RFC 7396): null for `statuses` means all. */
export function readSubscriptionChanges(body: unknown): BodyReading<SubscriptionChanges> {
  return readBody(subscriptionChangesBody, body);
}

/** Whether an update of this status is wanted by a subscription with these statuses. */
export function isWanted(status: string, statuses: readonly string[] | null): boolean {
  return statuses === null || statuses.includes(nameKey(status));
}
