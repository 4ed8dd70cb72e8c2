import * as z from "zod/mini";
import type { FieldError } from "./app-error.ts";
import { readBody, strictBody, type BodyReading } from "./body-reading.ts";
import type { Kind } from "./lane.ts";
import { idText, plainText } from "./order-update.ts";
import { statusKeyOf } from "./template-choice.ts";
import { readText } from "./template-text.ts";
import type { TemplateParts } from "./template.ts";

/** What a template is for. `enterpriseId` null: every enterprise. `statusKey` and `locale` empty: any. */
export type TemplateKey = { enterpriseId: string | null; channelId: string; statusKey: string; locale: string };

/** A template as it is to be saved. */
export type TemplateDraft = { key: TemplateKey; parts: TemplateParts };

/** The most that a column takes, and that a message may reasonably be. */
const LONGEST = { subject: 500, text: 10_000, html: 40_000, variable: 1_000 };
const MOST_VARIABLES = 30;

/** Reads the body of `POST /v1/templates`. Names every wrong field at once. */
export function readTemplateDraft(body: unknown): BodyReading<TemplateDraft> {
  const reading = readBody(draftBody, body);
  return reading.ok ? { ok: true, value: toDraft(reading.value) } : reading;
}

/** The members of a body as a template. */
export function toDraft(members: z.infer<typeof draftBody>): TemplateDraft {
  const { enterprise_id, channel_id, status, locale, subject, text, html, content_sid, variables: given } = members;
  return {
    key: {
      enterpriseId: enterprise_id ?? null,
      channelId: channel_id,
      statusKey: statusKeyOf(status ?? ""),
      locale: locale ?? "",
    },
    parts: {
      subject: subject ?? null,
      text: text ?? null,
      html: html ?? null,
      contentSid: content_sid ?? null,
      variables: given ?? null,
    },
  };
}

/** Which parts a kind of channel takes: `!` must be there, `?` may be. */
const PARTS_OF: Record<Kind, Partial<Record<keyof TemplateParts, "!" | "?">>> = {
  sms: { text: "!" },
  email: { subject: "!", text: "!", html: "?" },
  whatsapp: { contentSid: "!", variables: "?" },
  other: { subject: "?", text: "!", html: "?" },
};

const FIELD_OF: Record<keyof TemplateParts, string> = {
  subject: "/subject",
  text: "/text",
  html: "/html",
  contentSid: "/content_sid",
  variables: "/variables",
};

/** Whether parts make a template of this kind of channel, and what it needs of each update. */
export function checkParts(
  kind: Kind,
  parts: TemplateParts,
): { ok: true; needs: string[] } | { ok: false; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const needs = new Set<string>();
  for (const part of Object.keys(FIELD_OF) as (keyof TemplateParts)[]) {
    const rule = PARTS_OF[kind][part];
    const isGiven = parts[part] !== null;
    if (isGiven && rule === undefined) {
      errors.push({ pointer: FIELD_OF[part], message: `is no part of a template of kind ${kind}` });
    }
    if (!isGiven && rule === "!") errors.push({ pointer: FIELD_OF[part], message: `is required of kind ${kind}` });
  }
  for (const [pointer, text] of textsOf(parts)) {
    const reading = readText(text);
    if (!reading.ok) errors.push({ pointer, message: reading.message });
    else for (const name of reading.needs) needs.add(name);
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, needs: [...needs].toSorted() };
}

/** Every text of a template with its place in the body. */
function textsOf({ subject, text, html, variables }: TemplateParts): [pointer: string, text: string][] {
  const named = Object.entries(variables ?? {}).map(([name, value]) => [`/variables/${name}`, value] as const);
  const parts = [["/subject", subject], ["/text", text], ["/html", html], ...named] as const;
  return parts.flatMap(([pointer, part]) => (part === null ? [] : [[pointer, part]]));
}

/** A language, and its script or region if need be (RFC 5646), as `pt-BR` is written. */
const localeText = z.pipe(
  z
    .string({ error: "must be a string" })
    .check(
      z.regex(/^[a-z]{2,3}([-_][a-z]{4})?([-_]([a-z]{2}|\d{3}))?$/i, { error: "must be a locale like pt or pt-BR" }),
    ),
  z.transform((locale) => Intl.getCanonicalLocales(locale.replaceAll("_", "-"))[0] ?? locale),
);

function partText(max: number) {
  return z.string({ error: "must be a string" }).check(
    z.maxLength(max, { error: `must be at most ${max} characters` }),
    z.refine((text) => text.trim() !== "", { error: "must not be empty" }),
    z.refine((text) => text.isWellFormed() && !text.includes("\0"), { error: "must be well-formed Unicode" }),
  );
}

const variables = z
  .record(
    z.string().check(z.regex(/^\w{1,40}$/, { error: "must be named by letters, digits and _" })),
    partText(LONGEST.variable),
    { error: "must be an object of texts" },
  )
  .check(
    z.refine((given) => Object.keys(given).length <= MOST_VARIABLES, { error: `must be at most ${MOST_VARIABLES}` }),
  );

/** The members of a template's body. */
export const draftMembers = {
  enterprise_id: z.nullish(idText),
  channel_id: plainText(40),
  status: z.nullish(plainText(64)),
  locale: z.nullish(localeText),
  subject: z.nullish(partText(LONGEST.subject)),
  text: z.nullish(partText(LONGEST.text)),
  html: z.nullish(partText(LONGEST.html)),
  content_sid: z.nullish(
    z
      .string({ error: "must be a string" })
      .check(z.regex(/^HX[0-9a-f]{32}$/, { error: "must be HX and 32 hexadecimal digits" })),
  ),
  variables: z.nullish(variables),
};

/** A template, as `POST /v1/templates` takes it. */
export const draftBody = strictBody(draftMembers);
