import type { JsonObject } from "../domain/json-object.ts";
import type { PinnedTemplate } from "../domain/template.ts";
import { fromJson, type Json } from "./json-column.ts";

/** What a row says of its delivery's template; all null where it has none. */
export type PinnedRow = Record<"templateId" | "foundTemplateId" | "subject" | "textBody" | "htmlBody", string | null> &
  Record<"contentSid", string | null> &
  Record<"variables" | "needs" | "data", Json>;

/** The columns of a `PinnedRow`; content is read only where it is needed. */
export function pinnedColumns(deliveries: string, templates: string): string {
  return `${deliveries}.template_id AS templateId, ${templates}.template_id AS foundTemplateId, ${templates}.subject,
         ${templates}.text_body AS textBody, ${templates}.html_body AS htmlBody, ${templates}.content_sid AS contentSid,
         ${templates}.variables, ${templates}.needs,
         IF(${deliveries}.template_id IS NULL, NULL, ${deliveries}.data) AS data`;
}

export function pinnedOf(row: PinnedRow): PinnedTemplate | null {
  if (row.templateId === null) return null;
  const { foundTemplateId, subject, textBody, htmlBody, contentSid } = row;
  const data = fromJson(row.data) as JsonObject | null;
  if (foundTemplateId === null) return { template: null, data };
  const variables = fromJson(row.variables) as Record<string, string> | null;
  const needs = (fromJson(row.needs) ?? []) as string[];
  return { template: { subject, text: textBody, html: htmlBody, contentSid, variables, needs }, data };
}
