import * as z from "zod";
import { customerBody, customerChangesBody } from "../../../src/domain/customer.ts";
import { AMBIGUITY_POLICIES } from "../../../src/domain/reconciliation.ts";
import { resourceQueries } from "../../../src/domain/resource-query.ts";
import { pageNotes } from "../answers.ts";
import type { Group } from "../operation.ts";
import { operationsOf } from "./kept.ts";

const customer = z
  .object({
    enterprise_id: z.string(),
    is_subscribed: z.boolean(),
    phone: z.nullable(z.string()),
    email: z.nullable(z.string()),
    locale: z.nullable(z.string()),
    time_zone: z.nullable(z.string()),
    ambiguity_policy: z.enum(AMBIGUITY_POLICIES),
  })
  .meta({ id: "Customer" });

const whole = {
  enterprise_id: "acme",
  is_subscribed: true,
  phone: "+34600111333",
  email: "orders@acme.example",
  locale: "pt-BR",
  time_zone: "America/Sao_Paulo",
  ambiguity_policy: "hold",
};

/** The enterprises that are notified. */
export const customerGroup: Group = {
  name: "Customers",
  description: "The enterprises that are notified.",
  operations: operationsOf({
    one: "a customer",
    id: "Customer",
    path: "/v1/customers",
    key: { enterprise_id: "the enterprise" },
    schema: customer,
    query: {
      schema: resourceQueries.customers,
      notes: { ...pageNotes, enterprise_id: "this one alone" },
    },
    add: {
      schema: customerBody,
      description: "Updates name it by its `enterprise_id` from now on. What it is to get, its subscriptions say.",
      notes: {
        enterprise_id: "the shop's or carrier's own id for it",
        is_subscribed: "whether it wants any message; `true` unless given",
        phone: "in E.164; for SMS and WhatsApp",
        email: "for e-mail",
        locale: "a BCP 47 tag",
        time_zone: "a name of the IANA database",
        ambiguity_policy:
          "what becomes of a message of which nobody knows whether it was sent: `hold` it (the default), `resend` or `drop` it",
      },
      problems: ["customer_exists"],
    },
    change: {
      schema: customerChangesBody,
      fixed: ["enterprise_id"],
      description: "A JSON merge patch (RFC 7396): null clears. What is sent from now on goes by it.",
      problems: [],
    },
    remove: {
      turn: 5,
      description:
        "What is still due for it is skipped as `unsubscribed`. Its keys count no more. Its history stays as long as any.",
      problems: [],
    },
    missing: "enterprise_not_found",
    listed: { query: { limit: "10" } },
    example: {
      added: {
        enterprise_id: "acme",
        phone: "+34600111333",
        email: "orders@acme.example",
        locale: "pt-BR",
        time_zone: "America/Sao_Paulo",
      },
      whole,
      key: { enterprise_id: "acme" },
      changes: { locale: "pt-PT", time_zone: null },
      changed: { ...whole, locale: "pt-PT", time_zone: null },
    },
  }),
};
