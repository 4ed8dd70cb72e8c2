import { AppError } from "../domain/app-error.ts";
import type { Kind } from "../domain/lane.ts";
import type { PageOf } from "../domain/page-cursor.ts";
import type { ListedTemplate, StoredTemplate, TemplateFilter } from "../domain/stored-template.ts";
import { checkParts, type TemplateDraft, type TemplateKey } from "../domain/template-draft.ts";
import type { Services } from "../services.ts";
import { auditEntry, type By } from "./audit-entry.ts";
import { toldPage, type ToldPage } from "./told-page.ts";

type Reads = Pick<Services, "templates">;
type Needs = Reads & Pick<Services, "ids">;

/** Of versions that are saved at the same moment one comes first, so the other is the one after it. */
const TRIES = 5;

/**
 * Saves the next version of a template. Throws AppError `channel_not_found`, `enterprise_not_found` or
 * `invalid_template`.
 */
export async function saveTemplate(services: Needs, draft: TemplateDraft, by: By): Promise<StoredTemplate> {
  const { key, parts } = draft;
  const needs = needsOf(await kindOf(services, key), draft);
  const templateId = services.ids.next("tpl");
  const entry = auditEntry(services, by, {
    enterpriseId: key.enterpriseId,
    resource: "template",
    resourceId: templateId,
    action: "created",
    changes: { channel_id: key.channelId, status: key.statusKey, locale: key.locale },
  });
  for (let tries = 1; ; tries += 1) {
    const inserted = await services.templates.insert({ templateId, key, parts, needs }, entry);
    if (inserted === "inserted") return showTemplate(services, templateId);
    if (tries === TRIES) throw new Error("A template's version was taken again and again.");
  }
}

/** Throws AppError `template_not_found`. */
export async function showTemplate({ templates }: Reads, templateId: string): Promise<StoredTemplate> {
  return (await templates.find(templateId)) ?? notFound();
}

/** A page of templates by owner, channel, status, locale and version. */
export async function listTemplates(
  { templates }: Reads,
  asked: PageOf<TemplateFilter>,
): Promise<ToldPage<ListedTemplate>> {
  return toldPage("templates", asked, await templates.page(asked));
}

/**
 * Removes a template, by its current version: from now on there is none. What was accepted with it is sent with it.
 * Throws AppError `template_not_found`, also where another version is the current one.
 */
export async function removeTemplate(services: Needs, template: StoredTemplate, by: By): Promise<void> {
  const { templateId, enterpriseId, channelId, statusKey, locale } = template;
  const entry = auditEntry(services, by, {
    enterpriseId,
    resource: "template",
    resourceId: templateId,
    action: "removed",
    changes: { channel_id: channelId, status: statusKey, locale },
  });
  if (!(await services.templates.remove(templateId, services.ids.next("tpl"), entry))) notFound();
}

/** The kind of the channel that a template is for. Throws AppError `channel_not_found` or `enterprise_not_found`. */
export async function kindOf({ templates }: Reads, { channelId, enterpriseId }: TemplateKey): Promise<Kind> {
  const target = await templates.target(channelId, enterpriseId);
  if (target === null) throw new AppError("channel_not_found", "There is no channel with this channel_id.");
  if (target.isEnterpriseKnown) return target.kind;
  throw new AppError("enterprise_not_found", "There is no enterprise with this enterprise_id.");
}

/** What a template needs of each update. Throws AppError `invalid_template`. */
export function needsOf(kind: Kind, { parts }: TemplateDraft): string[] {
  const check = checkParts(kind, parts);
  if (check.ok) return check.needs;
  throw new AppError("invalid_template", "The template is not valid. See 'errors' for each wrong part.", {
    errors: check.errors,
  });
}

function notFound(): never {
  throw new AppError(
    "template_not_found",
    "There is no template with this template_id, or it is not the current version.",
  );
}
