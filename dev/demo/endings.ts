import type { FailureCode } from "../../src/domain/delivery.ts";
import type { SendOutcomeKind } from "../../src/domain/send-outcome.ts";
import type { SkipCode } from "../../src/domain/skip.ts";

/** How one delivery has to end, and what the tables have to say about it then. */
export type Ending = {
  state: EndState;
  /** In `deliveries` and in `logs_failure`; null where nothing failed, and then nothing is logged as failed. */
  code: SkipCode | FailureCode | null;
  /** The provider's own code in `logs_failure`, null where no provider gave one. */
  providerCode: string | null;
  /** What each call to a provider came to, in order; every `accepted` is one row in `logs`. */
  attempts: SendOutcomeKind[];
  /** Who carried it last, where that is the point. */
  gateway?: string;
};

/** States that a delivery stays in when nothing more is heard. `sent` is none here: the sandbox always reports. */
export const END_STATES = ["delivered", "undelivered", "failed", "skipped", "unconfirmed"] as const;

export type EndState = (typeof END_STATES)[number];

const nothing = { code: null, providerCode: null, attempts: [] };

export const delivered: Ending = { ...nothing, state: "delivered", attempts: ["accepted"] };

/** Surely not sent at first, and then sent by another attempt. */
export function deliveredAfter(first: SendOutcomeKind, gateway: string): Ending {
  return { ...delivered, attempts: [first, "accepted"], gateway };
}

/** Never sent; `attempts` where a provider had refused it before. */
export function skipped(code: SkipCode, attempts: SendOutcomeKind[] = []): Ending {
  return { ...nothing, state: "skipped", code, attempts };
}

/** Not taken by the provider, for the reason `providerCode`. */
export function failed(code: "rejected" | "misconfigured", providerCode: string): Ending {
  return { state: "failed", code, providerCode, attempts: [code] };
}

/** Taken by the provider, which gave up on it later. */
export function undelivered(providerCode: string): Ending {
  return { state: "undelivered", code: "undelivered", providerCode, attempts: ["accepted"] };
}

/** The provider's answer was lost, and nothing was heard while the delivery was held. */
export const unconfirmed: Ending = { ...nothing, state: "unconfirmed", code: "unconfirmed", attempts: ["ambiguous"] };

/** Endings of one update by channel; the row of an update that was refused as a whole has the channel "". */
export type Endings = Readonly<Record<string, Ending>>;

export const everywhere: Endings = { SMS: delivered, Email: delivered, Whatsapp: delivered };
