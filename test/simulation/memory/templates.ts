import type { JsonObject } from "../../../src/domain/json-object.ts";
import { localeChain } from "../../../src/domain/template-choice.ts";
import type { PinnedTemplate, TemplateFacts } from "../../../src/domain/template.ts";
import type { DeliveryRow, MemoryDatabase, TemplateRow } from "./tables.ts";

/** Plays src/db/current-templates.ts. */
export function choosableTemplates(
  database: MemoryDatabase,
  enterpriseId: string,
  locale: string | null,
): TemplateFacts[] {
  const subscribed = new Set(
    [...database.subscriptions.values()]
      .filter((one) => one.enterpriseId === enterpriseId && one.enabled)
      .map((one) => one.channelId),
  );
  const locales = localeChain(locale);
  return [...database.templates.values()]
    .filter(({ ownerId, channelId }) => ["", enterpriseId].includes(ownerId) && subscribed.has(channelId))
    .filter((row) => locales.includes(row.locale.toLowerCase()) && isCurrent(database, row))
    .map(({ templateId, ownerId, channelId, statusKey, locale: ofTemplate, needs }) => {
      return { templateId, isOwn: ownerId !== "", channelId, statusKey, locale: ofTemplate, needs };
    });
}

function isCurrent({ templates }: MemoryDatabase, row: TemplateRow): boolean {
  const keyOf = ({ ownerId, channelId, statusKey, locale }: TemplateRow) =>
    JSON.stringify([ownerId, channelId, statusKey, locale]);
  const newer = [...templates.values()].some(
    (other) => keyOf(other) === keyOf(row) && other.version === row.version + 1,
  );
  return !row.isRemoved && !newer;
}

/** Plays src/db/pinned-template.ts. */
export function pinnedTo({ templates }: MemoryDatabase, row: DeliveryRow): PinnedTemplate | null {
  if (row.templateId === null) return null;
  const found = templates.get(row.templateId);
  const data = row.data as JsonObject | null;
  if (!found) return { template: null, data };
  const { subject, textBody: text, htmlBody: html, contentSid, variables, needs } = found;
  return { template: { subject, text, html, contentSid, variables, needs }, data };
}
