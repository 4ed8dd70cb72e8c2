import { AppError } from "../domain/app-error.ts";
import type { Kind } from "../domain/lane.ts";
import { renderMessage, type MessageContent } from "../domain/message.ts";
import { pointerOf } from "../domain/order-update.ts";
import { measureSms, type SmsMeasure } from "../domain/sms-segments.ts";
import type { StoredTemplate } from "../domain/stored-template.ts";
import type { TemplateDraft } from "../domain/template-draft.ts";
import type { SampleUpdate } from "../domain/template-preview.ts";
import { missingNames } from "../domain/template-text.ts";
import type { TemplateContent } from "../domain/template.ts";
import type { Services } from "../services.ts";
import { kindOf, needsOf } from "./keep-templates.ts";

/** A message as it would be sent; `sms` for a channel of text messages only. */
export type Preview = { kind: Kind; content: MessageContent; sms: SmsMeasure | null };

/** Shows a version of a template, filled. Throws AppError `missing_variables` or `invalid_template`. */
export function previewStored({ kind, parts, needs, enterpriseId }: StoredTemplate, update: SampleUpdate): Preview {
  return preview(kind, { ...parts, needs }, enterpriseId, update);
}

/**
 * Shows a template as it would be saved, filled. Throws AppError `channel_not_found`, `enterprise_not_found`,
 * `missing_variables` or `invalid_template`.
 */
export async function previewDraft(
  services: Pick<Services, "templates">,
  draft: TemplateDraft,
  update: SampleUpdate,
): Promise<Preview> {
  const kind = await kindOf(services, draft.key);
  return preview(kind, { ...draft.parts, needs: needsOf(kind, draft) }, draft.key.enterpriseId, update);
}

function preview(
  kind: Kind,
  template: TemplateContent,
  enterpriseId: string | null,
  { data, ...update }: SampleUpdate,
): Preview {
  const missing = missingNames(template.needs, data);
  if (missing.length > 0) {
    throw new AppError("missing_variables", "The update lacks data that the template needs.", {
      errors: missing.map((name) => ({
        pointer: `/update${pointerOf(name.split("."))}`,
        message: "is needed, as a text or a number",
      })),
    });
  }
  const pinned = { template, data };
  const rendering = renderMessage({ ...update, enterpriseId: enterpriseId ?? "ENTERPRISE", pinned });
  if (!rendering.ok) throw new AppError("invalid_template", rendering.because);
  const { content } = rendering;
  return { kind, content, sms: kind === "sms" ? measureSms(content.text) : null };
}
