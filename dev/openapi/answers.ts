import * as z from "zod";
import { RESTING_STATES, UNPROVEN_STATES } from "../../src/domain/delivery.ts";
import { SKIP_REASONS } from "../../src/domain/skip.ts";
import type { Notes } from "./operation.ts";

/** An id of ours, by its prefix. */
export function id(prefix: string) {
  return z.string().meta({ pattern: `^${prefix}_[0-9a-f]{32}$` });
}

/** A whole number; that it is a safe one need not be said. */
export const wholeNumber = z.int().meta({ minimum: undefined, maximum: undefined });

/** An instant in RFC 3339, UTC with milliseconds. */
export const instant = z.string().meta({ format: "date-time" });

export const state = z.enum([...new Set(["queued", ...UNPROVEN_STATES, ...RESTING_STATES] as const)]).meta({
  id: "DeliveryState",
  description: "How far a delivery has come; docs/reliability.md tells what each means.",
});

export const skipCode = z
  .enum(Object.keys(SKIP_REASONS) as (keyof typeof SKIP_REASONS)[])
  .meta({ id: "SkipCode", description: "Why a delivery is never sent." });

/** A delivery as lists and timelines show it. */
export const delivery = z
  .object({
    update_id: id("upd"),
    delivery_id: id("dlv"),
    shipment_id: z.string(),
    status: z.string(),
    timestamp: instant,
    channel: z.string(),
    gateway: z
      .string()
      .meta({ description: "the gateway that it was last given to; empty where it was given to none" }),
    state,
    code: z.nullable(z.string()).meta({ description: "of a skip or a failure" }),
    attempts: wholeNumber.meta({ description: "how often a provider was to be asked" }),
    accepted_at: instant,
    due_at: z.nullable(instant).meta({ description: "when it is looked at next, while it waits" }),
    settled_at: z.nullable(instant).meta({ description: "when it came to rest" }),
    expires_at: instant,
    reason: z.nullable(z.string()).meta({ description: "the code in words" }),
  })
  .meta({ id: "Delivery" });

/** What the parameters of every page mean. */
export const pageNotes: Notes = {
  enterprise_id: "whose rows; nobody reads over all enterprises",
  limit: "rows of one page; 50 by default, 200 for a timeline",
  cursor: "the `next` of the page before, with the same query",
};

/** A page of rows, and the cursor of the next one. */
export function pageOf(row: z.ZodType) {
  return z.object({ data: z.array(row), next: nextCursor });
}

export const nextCursor = z
  .nullable(z.string())
  .meta({ description: "the `cursor` of the next page; null after the last one" });
