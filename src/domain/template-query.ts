import * as z from "zod/mini";
import { plainText } from "./order-update.ts";
import type { PageOf } from "./page-cursor.ts";
import { limitText, pageOf, readParameters, type QueryParameters, type Reading } from "./reading-query.ts";
import type { TemplateFilter } from "./stored-template.ts";
import { statusKeyOf } from "./template-choice.ts";

const VERSIONS = ["current", "all"] as const;

/** A parameter that may be empty: what is everyone's, of any status, or of any locale. */
const textOrNone = z.optional(z.union([z.literal(""), plainText(64)], { error: "must be at most 64 characters" }));

/** The query of a list of templates. */
export const templatesQuery = z.strictObject({
  limit: limitText,
  cursor: z.optional(z.string()),
  enterprise_id: textOrNone,
  channel_id: z.optional(plainText(40)),
  status: textOrNone,
  locale: textOrNone,
  versions: z.optional(z.enum(VERSIONS, { error: `must be one of ${VERSIONS.join(", ")}` })),
});

/** Reads the query of a list of templates. */
export function readTemplatesQuery(given: QueryParameters): Reading<PageOf<TemplateFilter>> {
  const parsed = readParameters(templatesQuery, given);
  if (!parsed.ok) return parsed;
  const { enterprise_id, channel_id, status, locale, versions } = parsed.asked;
  const filter = {
    ownerId: enterprise_id ?? null,
    channelId: channel_id ?? null,
    statusKey: status === undefined ? null : statusKeyOf(status),
    locale: locale ?? null,
    allVersions: versions === "all",
  };
  return pageOf("templates", 5, filter, parsed.asked);
}
