import type { TemplateFacts } from "../domain/template.ts";
import { fromJson, type Json } from "./json-column.ts";
import { isTrue, type Truth } from "./truth.ts";

/** What the directory reads of a template. */
export const TEMPLATE_COLUMNS = {
  templateId: "t.template_id",
  isOwn: "t.owner_id <> ''",
  templateChannelId: "t.channel_id",
  statusKey: "t.status_key",
  templateLocale: "t.locale",
  needs: "t.needs",
} satisfies Record<keyof TemplateRow, string>;

/** A row of `TEMPLATE_COLUMNS`; all null where it is about something else. */
export type TemplateRow = Record<"templateId" | "templateChannelId" | "statusKey" | "templateLocale", string | null> & {
  isOwn: Truth;
  needs: Json;
};

/** Whether a version is the one that counts. Versions have no gaps, so the next one is looked for by its key. */
export function isCurrent(version: string): string {
  return `${version}.is_removed = FALSE AND NOT EXISTS (SELECT 1 FROM templates newer FORCE INDEX (templates_version)
           WHERE newer.owner_id = ${version}.owner_id AND newer.channel_id = ${version}.channel_id
           AND newer.status_key = ${version}.status_key AND newer.locale = ${version}.locale
           AND newer.version = ${version}.version + 1)`;
}

/**
 * The templates of an enterprise's channels, its own and everyone's, that its locale can fall back to: of hundreds in
 * many languages only those that may be chosen travel.
 */
export const OF_TEMPLATES = `customers
    JOIN templates t FORCE INDEX (templates_version) ON t.owner_id IN ('', customers.enterprise_id)
     AND t.channel_id IN (SELECT s.channel_id FROM subscriptions s
                           WHERE s.enterprise_id = customers.enterprise_id AND s.enabled = TRUE)
     AND (t.locale = '' OR LOWER(CONCAT(REPLACE(customers.locale, '_', '-'), '-')) LIKE LOWER(CONCAT(t.locale, '-%')))
     AND ${isCurrent("t")}
   WHERE customers.enterprise_id`;

/** The template that a row is about, if any. */
export function toTemplate(row: TemplateRow): TemplateFacts[] {
  const { templateId, templateChannelId: channelId, statusKey, templateLocale: locale } = row;
  if (templateId === null || channelId === null) return [];
  const needs = (fromJson(row.needs) ?? []) as string[];
  return [{ templateId, isOwn: isTrue(row.isOwn), channelId, statusKey: statusKey ?? "", locale: locale ?? "", needs }];
}
