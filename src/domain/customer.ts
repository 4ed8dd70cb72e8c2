import * as z from "zod/mini";
import { isAddress } from "./address.ts";
import { readBody, strictBody, truth, type BodyReading } from "./body-reading.ts";
import { localeText, timeZoneText } from "./locale.ts";
import { idText } from "./order-update.ts";
import { AMBIGUITY_POLICIES, type AmbiguityPolicy } from "./reconciliation.ts";

/** An enterprise that is notified, as it is answered. */
export type Customer = {
  enterprise_id: string;
  is_subscribed: boolean;
  phone: string | null;
  email: string | null;
  /** A BCP 47 tag, as ECMA-402 writes it; null where none is known. */
  locale: string | null;
  time_zone: string | null;
  ambiguity_policy: AmbiguityPolicy;
};

/** What is to be changed of a customer, by its members; those that are not named stay. */
export type CustomerChanges = { [M in Exclude<keyof Customer, "enterprise_id">]?: Customer[M] | undefined };

/** The members whose values nobody but the customer's own row may hold. */
export const PERSONAL = ["phone", "email"] as const satisfies (keyof Customer)[];

const members = {
  is_subscribed: truth,
  phone: z.nullish(
    z
      .string({ error: "must be a string" })
      .check(z.refine((text) => isAddress(text, "phone"), { error: "must be a number in E.164, like +34600111222" })),
  ),
  email: z.nullish(
    z
      .string({ error: "must be a string" })
      .check(z.refine((text) => isAddress(text, "email"), { error: "must be an e-mail address" })),
  ),
  locale: z.nullish(localeText),
  time_zone: z.nullish(timeZoneText),
  ambiguity_policy: z.optional(
    z.enum(AMBIGUITY_POLICIES, { error: `must be one of ${AMBIGUITY_POLICIES.join(", ")}` }),
  ),
};

/** A customer, as `POST /v1/customers` takes it. */
export const customerBody = strictBody({ enterprise_id: idText, ...members });
/** A change, as `PATCH` takes it. */
export const customerChangesBody = strictBody(members);

/** Reads the body of `POST /v1/customers`. */
export function readCustomer(body: unknown): BodyReading<Customer> {
  const reading = readBody(customerBody, body);
  if (!reading.ok) return reading;
  const { enterprise_id, is_subscribed, phone, email, locale, time_zone, ambiguity_policy } = reading.value;
  return {
    ok: true,
    value: {
      enterprise_id,
      is_subscribed: is_subscribed ?? true,
      phone: phone ?? null,
      email: email ?? null,
      locale: locale ?? null,
      time_zone: time_zone ?? null,
      ambiguity_policy: ambiguity_policy ?? "hold",
    },
  };
}

/** Reads a change of a customer, a JSON merge patch (RFC 7396): null clears. */
export function readCustomerChanges(body: unknown): BodyReading<CustomerChanges> {
  return readBody(customerChangesBody, body);
}
