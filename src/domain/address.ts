import type { AddressKind } from "./adapter-facts.ts";

/** E.164: a plus sign and up to fifteen digits, the first not zero (ITU-T E.164 §6). */
const PHONE = /^\+[1-9]\d{6,14}$/;

/** One @, no spaces or control characters, a dot in the domain; at most 254 characters (RFC 5321 §4.5.3.1). */
const EMAIL = /^[^\s@<>,;:"\p{Cc}]{1,64}@[^\s@<>,;:"\p{Cc}]+\.[^\s@<>,;:"\p{Cc}.]+$/u;

/** The address to send to, or null when the customer has none that a provider could take. */
export function usableAddress(customer: { phone: string | null; email: string | null }, kind: AddressKind) {
  const address = (kind === "phone" ? customer.phone : customer.email)?.trim() ?? "";
  return isAddress(address, kind) ? address : null;
}

/** Whether a text is an address that a provider could take, without a space around it. */
export function isAddress(text: string, kind: AddressKind): boolean {
  return kind === "phone" ? PHONE.test(text) : text.length <= 254 && EMAIL.test(text);
}
