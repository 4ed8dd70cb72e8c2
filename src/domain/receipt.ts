import type { AddressWish } from "./suppression.ts";

/**
 * What a provider tells us later about one attempt. Any receipt proves that the provider has the message.
 *
 * `eventId` makes repeats of the same event one row: the provider's event id, or one made of what the
 * event says where it has none. `occurredAt` in ms since the epoch, null when the provider did not say.
 * `code` and `reason` explain an `undelivered`; `reason` is in our words, free of personal data. `wish` is there
 * when the event says something about the address beyond this message.
 */
export type Receipt = {
  enterpriseId: string;
  attemptId: string;
  eventId: string;
  kind: ReceiptKind;
  providerId: string | null;
  occurredAt: number | null;
  code: string | null;
  reason: string | null;
  wish?: AddressWish;
};

/** `progress`: on its way. `undelivered`: the provider has given up on it, for the reason in `code`. */
export type ReceiptKind = "progress" | "delivered" | "undelivered";
