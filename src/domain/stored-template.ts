import type { Kind } from "./lane.ts";
import type { TemplateKey } from "./template-draft.ts";
import type { TemplateParts } from "./template.ts";

/** A version as a list tells it. `isCurrent`: whether updates that come in now may be accepted with it. */
export type ListedTemplate = TemplateKey & {
  templateId: string;
  version: number;
  isRemoved: boolean;
  isCurrent: boolean;
  needs: string[];
  createdAt: string;
};

/** A version with what it says. */
export type StoredTemplate = ListedTemplate & { kind: Kind; parts: TemplateParts };

/** Null: whatever it is. `ownerId` empty: everyone's; `statusKey` and `locale` empty: those of any. */
export type TemplateFilter = {
  ownerId: string | null;
  channelId: string | null;
  statusKey: string | null;
  locale: string | null;
  allVersions: boolean;
};
