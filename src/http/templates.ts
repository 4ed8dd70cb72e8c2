import type { Context } from "hono";
import type { ListedTemplate, StoredTemplate } from "../domain/stored-template.ts";
import { readTemplateDraft } from "../domain/template-draft.ts";
import { readPreview } from "../domain/template-preview.ts";
import { readTemplatesQuery } from "../domain/template-query.ts";
import { listTemplates, removeTemplate, saveTemplate, showTemplate } from "../usecases/keep-templates.ts";
import { previewDraft, previewStored, type Preview } from "../usecases/preview-template.ts";
import { allowed, bodyOf, locationOf, ownQueryOf, pathPart } from "./asked.ts";
import { requireEnterprise } from "./auth.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";

const ONE = "/v1/templates/:template_id";

export const templateRoutes: Route[] = [
  { method: "POST", path: "/v1/templates", access: "admin", handle: postTemplate },
  { method: "GET", path: "/v1/templates", access: "read", handle: getTemplates },
  { method: "POST", path: "/v1/templates/preview", access: "read", handle: postPreview },
  { method: "GET", path: ONE, access: "read", handle: getTemplate },
  { method: "DELETE", path: ONE, access: "admin", handle: deleteTemplate },
];

async function postTemplate(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const draft = await bodyOf(c, readTemplateDraft);
  requireEnterprise(c, draft.key.enterpriseId);
  const saved = await answerInTime(services, saveTemplate(services, draft, c.get("caller")));
  return c.json(told(saved), 201, locationOf("templates", saved.templateId));
}

async function getTemplates(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readTemplatesQuery(ownQueryOf(c)));
  requireEnterprise(c, asked.filter.ownerId || null);
  const { rows, next } = await answerInTime(services, listTemplates(services, asked));
  return c.json({ data: rows.map(toldInList), next });
}

async function getTemplate(c: Context<Door>): Promise<Response> {
  return c.json(told(await namedTemplate(c, pathPart(c, "template_id"))));
}

async function deleteTemplate(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const template = await namedTemplate(c, pathPart(c, "template_id"));
  await answerInTime(services, removeTemplate(services, template, c.get("caller")));
  return c.body(null, 204);
}

async function postPreview(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const request = await bodyOf(c, readPreview);
  if ("templateId" in request) {
    return c.json(toldPreview(previewStored(await namedTemplate(c, request.templateId), request.update)));
  }
  requireEnterprise(c, request.draft.key.enterpriseId);
  return c.json(toldPreview(await answerInTime(services, previewDraft(services, request.draft, request.update))));
}

/** The template by its id, if the caller may see it. */
async function namedTemplate(c: Context<Door>, templateId: string): Promise<StoredTemplate> {
  const services = c.get("services");
  const template = await answerInTime(services, showTemplate(services, templateId));
  requireEnterprise(c, template.enterpriseId);
  return template;
}

function toldInList(template: ListedTemplate) {
  return {
    template_id: template.templateId,
    enterprise_id: template.enterpriseId,
    channel_id: template.channelId,
    status: template.statusKey || null,
    locale: template.locale || null,
    version: template.version,
    is_current: template.isCurrent,
    is_removed: template.isRemoved,
    needs: template.needs,
    created_at: template.createdAt,
  };
}

function told(template: StoredTemplate) {
  const { subject, text, html, contentSid, variables } = template.parts;
  return { ...toldInList(template), subject, text, html, content_sid: contentSid, variables };
}

/** Only what the channel's messages are made of. */
function toldPreview({ kind, content, sms }: Preview) {
  const { subject, text, html, contentSid, variables } = content;
  switch (kind) {
    case "sms":
      return { text, sms };
    case "email":
      return { subject, text, html };
    case "whatsapp":
      return { content_sid: contentSid, content_variables: variables };
    case "other":
      return { subject, text, html };
  }
}
