import type { AddressKind } from "./adapter-facts.ts";

/**
 * What an address is to be from now on, on one channel of an enterprise.
 *
 * - `stopped`: the recipient told us or the provider to stop. `unsubscribed`: the same, by a link or a list.
 * - `bounced`, `invalid`: the address takes no messages. `complained`: the recipient reported one as spam.
 * - `lifted`: the recipient wants messages again. Takes back `stopped` and `unsubscribed` only.
 */
export type Wish = "stopped" | "unsubscribed" | "bounced" | "invalid" | "complained" | "lifted";

/** The wishes that `lifted` takes back; the others say more about an address and take their place. */
export const LIFTABLE = ["stopped", "unsubscribed"] as const satisfies Wish[];

/** A wish, with the address that it is about where the event names one; else it is the customer's. */
export type AddressWish = { wish: Wish; address: string | null; kind: AddressKind };

/** One change of the list. `at`: when it came about, ms since the epoch; of two changes the later one counts. */
export type SuppressionChange = {
  enterpriseId: string;
  channelId: string;
  address: string;
  wish: Wish;
  at: number;
};

/** Longest address that the list takes (RFC 5321 §4.5.3.1), in characters. */
const LONGEST = 254;

/** An address as the list knows it, or null when it is none that could be sent to. */
export function suppressionKey(address: string): string | null {
  const key = address.trim().toLowerCase();
  return key === "" || key.length > LONGEST ? null : key;
}

/** The change that a wish comes to; none where no address can be told. */
export function changesBy(
  { wish, address, kind }: AddressWish,
  attempt: {
    enterpriseId: string;
    channelId: string | null;
    customer: { phone: string | null; email: string | null } | null;
  },
  at: number,
): SuppressionChange[] {
  const { enterpriseId, channelId, customer } = attempt;
  const key = suppressionKey(address ?? customer?.[kind] ?? "");
  return key === null || channelId === null ? [] : [{ enterpriseId, channelId, address: key, wish, at }];
}
