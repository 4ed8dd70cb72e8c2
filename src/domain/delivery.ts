/**
 * The states of a delivery:
 * `queued → sending → sent → delivered | undelivered`; `sending → retrying → sending`;
 * `sending → unknown → sent | retrying | unconfirmed | failed`; `sending → failed`;
 * `queued | retrying | sending → skipped`. Final: delivered, undelivered, failed, skipped.
 * `unconfirmed` is parked, not final: a receipt still moves it. An operator may take it and `failed` to `retrying`.
 */
export type DeliveryState =
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "undelivered"
  | "retrying"
  | "unknown"
  | "unconfirmed"
  | "failed"
  | "skipped";

/** States in which a provider has the message, or may have it: an older status must not follow it. */
export const MAYBE_SENT_STATES = [
  "sent",
  "delivered",
  "undelivered",
  "unknown",
  "unconfirmed",
] as const satisfies DeliveryState[];

/** States of an attempted delivery of which nobody has said yet that a provider has it; a receipt says so. */
export const UNPROVEN_STATES = ["sending", "unknown", "retrying", "unconfirmed"] as const satisfies DeliveryState[];

/** States in which nothing more is done about a delivery of its own accord. */
export const RESTING_STATES = [
  "sent",
  "delivered",
  "undelivered",
  "unconfirmed",
  "failed",
  "skipped",
] as const satisfies DeliveryState[];

/** Why a delivery that was attempted did not arrive, as stored in `logs_failure.code`. */
export type FailureCode = "rejected" | "misconfigured" | "undelivered" | "unconfirmed" | "dropped";

/** The code of a failure that may have been sent all the same. */
export const DROPPED = "dropped" satisfies FailureCode;
