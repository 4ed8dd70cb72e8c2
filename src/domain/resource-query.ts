import * as z from "zod/mini";
import { AUDITED_RESOURCES, type AuditFilter } from "./audit-entry.ts";
import type { Caller } from "./caller.ts";
import { keysInViewOf, type KeysInView } from "./key-request.ts";
import { plainText } from "./order-update.ts";
import type { PageOf } from "./page-cursor.ts";
import { limitText, pageOf, readParameters, type QueryParameters, type Reading } from "./reading-query.ts";

const text = z.optional(plainText(64));
const page = { limit: limitText, cursor: z.optional(z.string()) };

/** The queries of the lists of what operators keep. */
export const resourceQueries = {
  customers: z.strictObject({ ...page, enterprise_id: text }),
  channels: z.strictObject(page),
  keys: z.strictObject({ ...page, enterprise_id: text }),
  gateways: z.strictObject({ ...page, channel_id: text, enterprise_id: text }),
  subscriptions: z.strictObject({ ...page, enterprise_id: plainText(64) }),
  audit: z
    .strictObject({
      ...page,
      enterprise_id: text,
      resource: z.optional(z.enum(AUDITED_RESOURCES, { error: `must be one of ${AUDITED_RESOURCES.join(", ")}` })),
      resource_id: z.optional(plainText(200)),
    })
    .check(
      z.refine((given) => given.resource_id === undefined || given.resource !== undefined, {
        path: ["resource"],
        error: "is required with resource_id",
      }),
    ),
};

/** The lists of what operators keep. `own`: the one enterprise that the caller's key is for; null: all of them. */
type Own = string | null;

/** Reads the query of a list of customers: one key's own, all, or one. */
export function readCustomersQuery(given: QueryParameters, own: Own): Reading<PageOf<{ enterpriseId: string | null }>> {
  const parsed = readParameters(resourceQueries.customers, given);
  if (!parsed.ok) return parsed;
  return pageOf("customers", 1, { enterpriseId: parsed.asked.enterprise_id ?? own }, parsed.asked);
}

/** Reads the query of a list of keys: those in the caller's view, or of them those of one enterprise. */
export function readKeysQuery(given: QueryParameters, caller: Caller): Reading<PageOf<KeysInView>> {
  const parsed = readParameters(resourceQueries.keys, given);
  if (!parsed.ok) return parsed;
  const inView = keysInViewOf(caller);
  return pageOf(
    "keys",
    1,
    { ...inView, enterpriseId: parsed.asked.enterprise_id ?? inView.enterpriseId },
    parsed.asked,
  );
}

/** Reads the query of the list of channels. */
export function readChannelsQuery(given: QueryParameters): Reading<PageOf<null>> {
  const parsed = readParameters(resourceQueries.channels, given);
  return parsed.ok ? pageOf("channels", 1, null, parsed.asked) : parsed;
}

/** Reads the query of a list of gateways: all, or those that an enterprise may use. */
export function readGatewaysQuery(
  given: QueryParameters,
  own: Own,
): Reading<PageOf<{ channelId: string | null; enterpriseId: string | null }>> {
  const parsed = readParameters(resourceQueries.gateways, given);
  if (!parsed.ok) return parsed;
  const { channel_id, enterprise_id } = parsed.asked;
  return pageOf("gateways", 1, { channelId: channel_id ?? null, enterpriseId: enterprise_id ?? own }, parsed.asked);
}

/** Reads the query of the subscriptions of an enterprise. */
export function readSubscriptionsQuery(given: QueryParameters, own: Own): Reading<PageOf<{ enterpriseId: string }>> {
  const asked = new URLSearchParams([...given]);
  if (own !== null && !asked.has("enterprise_id")) asked.set("enterprise_id", own);
  const parsed = readParameters(resourceQueries.subscriptions, asked);
  return parsed.ok ? pageOf("subscriptions", 2, { enterpriseId: parsed.asked.enterprise_id }, parsed.asked) : parsed;
}

/** Reads the query of the audit: of one enterprise, or all. */
export function readAuditQuery(given: QueryParameters, own: Own): Reading<PageOf<AuditFilter>> {
  const parsed = readParameters(resourceQueries.audit, given);
  if (!parsed.ok) return parsed;
  const { enterprise_id, resource, resource_id } = parsed.asked;
  const filter = {
    enterpriseId: enterprise_id ?? own,
    resource: resource ?? null,
    resourceId: resource_id ?? null,
  };
  return pageOf("audit", 1, filter, parsed.asked);
}
