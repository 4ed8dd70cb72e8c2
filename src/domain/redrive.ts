import * as z from "zod/mini";
import type { FieldError } from "./app-error.ts";
import { DROPPED } from "./delivery.ts";
import { fieldErrors, idText, plainText } from "./order-update.ts";
import { readTimestamp } from "./timestamp.ts";

/** States of deliveries that were not sent, or of which nobody knows it, and that rest. */
export const REDRIVABLE_STATES = ["failed", "unconfirmed"] as const;

/** Which deliveries an operator means. Null: whatever it is. Instants in ms since the epoch. */
export type RedriveFilter = {
  state: (typeof REDRIVABLE_STATES)[number];
  enterpriseId: string | null;
  shipmentId: string | null;
  channelId: string | null;
  gatewayId: string | null;
  code: string | null;
  /** The provider's code of its last attempt. */
  providerCode: string | null;
  settledFrom: number;
  settledTo: number | null;
  /** Whether deliveries are meant that a provider may have taken: those unconfirmed, or dropped as such. */
  maySendTwice: boolean;
};

/** A redrive as it is asked for. `expected`: the count that the operator saw; more are not redriven. */
export type RedriveOrder = { filter: RedriveFilter } & (
  | { dryRun: true }
  | { dryRun: false; expected: number; perSecond: number }
);

/** A count goes up to this number. */
export const COUNT_AT_MOST = 10_000;

/** Nothing lives longer than that (the longest expiry is 7 days), so older failures need not be looked at. */
const LOOK_BACK_MS = 8 * 24 * 60 * 60 * 1000;

/**
 * Reads the body of `POST /redrive`; `now` in ms since the epoch. Names every wrong field at once. Members that
 * are not known are wrong: a filter that was misspelt would match everything.
 */
export function readRedrive(
  body: unknown,
  now: number,
): { ok: true; order: RedriveOrder } | { ok: false; errors: FieldError[] } {
  const parsed = redriveBody(now).safeParse(body);
  if (!parsed.success) return { ok: false, errors: fieldErrors(parsed.error) };
  const { filter, dry_run, expected, per_second, may_send_twice } = parsed.data;
  const read: RedriveFilter = {
    state: filter.state,
    enterpriseId: filter.enterprise_id ?? null,
    shipmentId: filter.shipment_id ?? null,
    channelId: filter.channel_id ?? null,
    gatewayId: filter.gateway_id ?? null,
    code: filter.code ?? null,
    providerCode: filter.provider_code ?? null,
    settledFrom: filter.settled_from ?? now - LOOK_BACK_MS,
    settledTo: filter.settled_to ?? null,
    maySendTwice: may_send_twice === true,
  };
  if (dry_run) return { ok: true, order: { filter: read, dryRun: true } };
  const errors = [
    ...(expected === undefined ? [{ pointer: "/expected", message: "is required unless dry_run" }] : []),
    ...(per_second === undefined ? [{ pointer: "/per_second", message: "is required unless dry_run" }] : []),
    ...(isAmbiguous(read) && !read.maySendTwice
      ? [{ pointer: "/may_send_twice", message: "must be true: the provider may have taken these messages before" }]
      : []),
  ];
  if (errors.length > 0 || expected === undefined || per_second === undefined) return { ok: false, errors };
  return { ok: true, order: { filter: read, dryRun: false, expected, perSecond: per_second } };
}

/** Whether every delivery that is meant may have been sent before. */
export function isAmbiguous({ state, code }: Pick<RedriveFilter, "state" | "code">): boolean {
  return state === "unconfirmed" || code === DROPPED;
}

/**
 * When each of some deliveries is due: `perSecond` in each second, behind those that were redriven before and
 * still wait (`startMs`, from now). What would expire before its turn is left out.
 */
export function scheduleRedrive<T extends { expiresInMs: number }>(
  found: T[],
  { startMs, perSecond }: { startMs: number; perSecond: number },
): (T & { delayMs: number })[] {
  const first = startMs > 0 ? Math.ceil(startMs / 1000) + 1 : 0;
  const planned: (T & { delayMs: number })[] = [];
  for (const one of found) {
    const delayMs = (first + Math.floor(planned.length / perSecond)) * 1000;
    if (delayMs < one.expiresInMs) planned.push({ ...one, delayMs });
  }
  return planned;
}

/** A redrive, as `POST /redrive` takes it; `now` in ms since the epoch. */
export function redriveBody(now: number) {
  const optionalText = z.optional(plainText(64));
  const filter = z
    .strictObject(
      {
        state: z.enum(REDRIVABLE_STATES, { error: `must be one of ${REDRIVABLE_STATES.join(", ")}` }),
        enterprise_id: z.optional(idText),
        shipment_id: z.optional(idText),
        channel_id: optionalText,
        gateway_id: optionalText,
        code: optionalText,
        provider_code: optionalText,
        settled_from: z.optional(instantText(now)),
        settled_to: z.optional(instantText(now)),
      },
      { error: wrongObject },
    )
    .check(
      z.refine((given) => given.shipment_id === undefined || given.enterprise_id !== undefined, {
        path: ["enterprise_id"],
        error: "is required with shipment_id",
      }),
    );
  return z.strictObject(
    {
      filter,
      dry_run: z.prefault(z.boolean({ error: "must be true or false" }), true),
      expected: z.optional(wholeNumber(0, COUNT_AT_MOST)),
      per_second: z.optional(wholeNumber(1, 500)),
      may_send_twice: z.optional(z.boolean({ error: "must be true or false" })),
    },
    { error: wrongObject },
  );
}

/** An instant in the forms of an update's timestamp, in ms since the epoch; `now` as well. */
export function instantText(now: number) {
  return z.pipe(
    z.string({ error: "must be a string" }),
    z.transform((text, { issues }) => {
      const reading = readTimestamp(text, now);
      if (reading.ok) return reading.instant;
      issues.push({ code: "custom", input: text, message: reading.message });
      return z.NEVER;
    }),
  );
}

function wholeNumber(least: number, most: number) {
  const fits = (value: unknown) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return z
    .custom<number>(fits, { error: `must be an integer from ${least} to ${most}` })
    .register(z.globalRegistry, { type: "integer", minimum: least, maximum: most });
}

function wrongObject(issue: { code?: string; keys?: string[] }): string {
  if (issue.code === "unrecognized_keys") return `has no member ${(issue.keys ?? []).join(", ").slice(0, 200)}`;
  return "must be a JSON object";
}
