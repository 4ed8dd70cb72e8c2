import * as z from "zod/mini";
import type { ParameterError } from "./app-error.ts";
import type { List } from "./listed-rows.ts";
import { plainText } from "./order-update.ts";
import { readCursor, type PageOf } from "./page-cursor.ts";
import { instantText } from "./redrive.ts";

/** Which rows of a list are meant. Null: whatever it is. `from` counts, `to` does not; in ms since the epoch. */
export type ListFilter = {
  enterpriseId: string;
  shipmentId: string | null;
  channel: string | null;
  gateway: string | null;
  /** Of deliveries only. */
  state: string | null;
  /** Of skips and failures. */
  code: string | null;
  from: number | null;
  to: number | null;
};

/** A shipment of an enterprise. */
export type ShipmentName = { enterpriseId: string; shipmentId: string };

/** Of how many parts the key of a position is, beside the time. */
const KEY_PARTS = { deliveries: 1, logs: 1, logs_failure: 3, timeline: 2 } as const;

/** The parameters of a query as they came. */
export type QueryParameters = Iterable<[name: string, value: string]>;

export type Reading<T> = { ok: true; asked: T } | { ok: false; errors: ParameterError[] };

const MOST_ROWS = 200;
const text = plainText(64);

/** The parameter `limit`. */
export const limitText = z.optional(
  z
    .pipe(
      z.string().check(z.refine(isLimit, { error: `must be an integer from 1 to ${MOST_ROWS}` })),
      z.transform(Number),
    )
    .register(z.globalRegistry, { type: "integer", minimum: 1, maximum: MOST_ROWS }),
);

/** The parameters of every route that reads pages of one enterprise. */
const pageParameters = { enterprise_id: text, limit: limitText, cursor: z.optional(z.string()) };

/** The query of a timeline. */
export const timelineQuery = z.strictObject(pageParameters);

/** The query of an update. */
export const updateQuery = z.strictObject({ enterprise_id: text });

/** The queries of the lists; `now` in ms since the epoch. */
export function listQueries(now: number) {
  const rows = {
    ...pageParameters,
    shipment_id: z.optional(text),
    channel: z.optional(text),
    gateway: z.optional(text),
    from: z.optional(instantText(now)),
    to: z.optional(instantText(now)),
  };
  const code = z.optional(text);
  return {
    deliveries: z.strictObject({ ...rows, state: z.optional(text), code }),
    logs: z.strictObject(rows),
    logs_failure: z.strictObject({ ...rows, code }),
  };
}

/** Reads the query of a list. Names every wrong parameter at once; those that are not known are wrong. */
export function readListQuery(list: List, given: QueryParameters, now: number): Reading<PageOf<ListFilter>> {
  const parsed = readParameters<ListQuery>(listQueries(now)[list], given);
  if (!parsed.ok) return parsed;
  const { enterprise_id, shipment_id, channel, gateway, state, code, from, to } = parsed.asked;
  const filter = {
    enterpriseId: enterprise_id,
    shipmentId: shipment_id ?? null,
    channel: channel ?? null,
    gateway: gateway ?? null,
    state: state ?? null,
    code: code ?? null,
    from: from ?? null,
    to: to ?? null,
  };
  return pageOf(list, KEY_PARTS[list], filter, parsed.asked);
}

type ListQuery = z.infer<ReturnType<typeof listQueries>["deliveries"]>;

/** Reads the path and the query of a shipment's timeline. */
export function readTimelineQuery(shipmentId: string, given: QueryParameters): Reading<PageOf<ShipmentName>> {
  const wrongId = readParameters(z.object({ shipment_id: text }), [["shipment_id", shipmentId]]);
  const parsed = readParameters(timelineQuery, given);
  if (!wrongId.ok || !parsed.ok) return { ok: false, errors: [wrongId, parsed].flatMap(errorsOf) };
  const filter = { enterpriseId: parsed.asked.enterprise_id, shipmentId };
  return pageOf("timeline", KEY_PARTS.timeline, filter, { ...parsed.asked, limit: parsed.asked.limit ?? MOST_ROWS });
}

/** Reads the query that says whose update is meant. */
export function readUpdateQuery(given: QueryParameters): Reading<{ enterpriseId: string }> {
  const parsed = readParameters(updateQuery, given);
  return parsed.ok ? { ok: true, asked: { enterpriseId: parsed.asked.enterprise_id } } : parsed;
}

/** The filter of all rows of a shipment. */
export function ofShipment(name: ShipmentName): ListFilter {
  return { ...name, channel: null, gateway: null, state: null, code: null, from: null, to: null };
}

/** What a cursor of these rows is bound to: it fits the same list and filter only. */
export function questionOf(list: string, filter: unknown): unknown {
  return [list, filter];
}

const USUAL_ROWS = 50;

/** A page of a list whose rows are ordered by a key of so many parts, beside the time; a cursor fits that list only. */
export function pageOf<Filter>(
  list: string,
  keyParts: number,
  filter: Filter,
  { limit: rows, cursor }: { limit?: number | undefined; cursor?: string | undefined },
): Reading<PageOf<Filter>> {
  const after = cursor === undefined ? null : readCursor(cursor, questionOf(list, filter), keyParts);
  if (cursor !== undefined && after === null) {
    const message = "must be the 'next' of an answer to the same query";
    return { ok: false, errors: [{ parameter: "cursor", message }] };
  }
  return { ok: true, asked: { filter, limit: rows ?? USUAL_ROWS, after } };
}

/** Reads the parameters of a query by a strict schema. Names every wrong one at once. */
export function readParameters<T>(schema: z.ZodMiniType<T>, given: QueryParameters): Reading<T> {
  const values = new Map<string, string>();
  const errors: ParameterError[] = [];
  for (const [parameter, value] of given) {
    if (values.has(parameter)) errors.push({ parameter, message: "must be given once" });
    values.set(parameter, value);
  }
  const parsed = schema.safeParse(Object.fromEntries(values));
  if (!parsed.success) errors.push(...parsed.error.issues.flatMap(wrongParameters));
  return parsed.success && errors.length === 0 ? { ok: true, asked: parsed.data } : { ok: false, errors };
}

function wrongParameters(issue: z.core.$ZodIssue): ParameterError[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ parameter: String(issue.path[0] ?? ""), message: issue.message }];
  }
  return issue.keys.map((key) => ({ parameter: key, message: "is not a parameter of this route" }));
}

function errorsOf(reading: Reading<unknown>): ParameterError[] {
  return reading.ok ? [] : reading.errors;
}

function isLimit(given: string): boolean {
  return /^[1-9]\d{0,2}$/.test(given) && Number(given) <= MOST_ROWS;
}
