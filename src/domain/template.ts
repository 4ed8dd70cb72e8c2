import type { JsonObject } from "./json-object.ts";

/** What a version says: of the parts those that its channel takes. `variables` are those of a text that the provider keeps. */
export type TemplateParts = {
  subject: string | null;
  text: string | null;
  html: string | null;
  contentSid: string | null;
  variables: Record<string, string> | null;
};

/** A version's parts, and the names of what an update has to bring for them (`data.eta`). */
export type TemplateContent = TemplateParts & { needs: readonly string[] };

/**
 * What choosing needs of a current version. `isOwn`: the enterprise's, not everyone's. `statusKey` in lower case, empty
 * for any status; `locale` empty for any.
 */
export type TemplateFacts = {
  templateId: string;
  isOwn: boolean;
  channelId: string;
  statusKey: string;
  locale: string;
  needs: readonly string[];
};

/** The version that a delivery was accepted with, null where it is gone, and what the update brought for it. */
export type PinnedTemplate = { template: TemplateContent | null; data: JsonObject | null };
