import { sql, type SQL } from "drizzle-orm";
import type { AuditEntry } from "../domain/audit-entry.ts";
import { readKind, type Kind } from "../domain/lane.ts";
import type { Page, PageOf } from "../domain/page-cursor.ts";
import type { ListedTemplate, StoredTemplate, TemplateFilter } from "../domain/stored-template.ts";
import type { TemplateDraft } from "../domain/template-draft.ts";
import { audited } from "./audited.ts";
import type { Db } from "./client.ts";
import { isCurrent } from "./current-templates.ts";
import { fromJson, type Json } from "./json-column.ts";
import { insertOnce } from "./kept-rows.ts";
import { isoOf, utcNow } from "./time.ts";
import { isTrue, type Truth } from "./truth.ts";

/** A version to be: the next one of its key. */
export type NewVersion = TemplateDraft & { templateId: string; needs: string[] };

/** The channel that a template is for, and whether there is the enterprise; null where there is no such channel. */
export async function findTarget(
  db: Db,
  channelId: string,
  enterpriseId: string | null,
): Promise<{ kind: Kind; isEnterpriseKnown: boolean } | null> {
  const { rows } = await db.execute(sql`
    SELECT kind, EXISTS (SELECT 1 FROM customers WHERE enterprise_id = ${enterpriseId ?? ""}) AS isKnown
      FROM channels WHERE channel_id = ${channelId}`);
  const [row] = rows as { kind: string; isKnown: Truth }[];
  return row ? { kind: readKind(row.kind), isEnterpriseKnown: enterpriseId === null || isTrue(row.isKnown) } : null;
}

/**
 * Adds the next version of a key. `duplicate`: somebody else added one at the same time, and the unique key let only
 * one be that version.
 */
export async function insertVersion(db: Db, version: NewVersion, entry: AuditEntry): Promise<"inserted" | "duplicate"> {
  const { templateId, key, parts, needs } = version;
  const { subject, text, html, contentSid, variables } = parts;
  return insertOnce(() =>
    audited(db, entry, async (within) => {
      await within.execute(sql`
        INSERT INTO templates (template_id, owner_id, channel_id, status_key, locale, version, is_removed,
               subject, text_body, html_body, content_sid, variables, needs, created_at)
        SELECT ${templateId}, ${key.enterpriseId ?? ""}, ${key.channelId}, ${key.statusKey}, ${key.locale},
               COALESCE(MAX(version), 0) + 1, FALSE, ${subject}, ${text}, ${html}, ${contentSid},
               ${variables === null ? null : JSON.stringify(variables)}, ${JSON.stringify(needs)}, ${utcNow}
          FROM templates
         WHERE owner_id = ${key.enterpriseId ?? ""} AND channel_id = ${key.channelId}
           AND status_key = ${key.statusKey} AND locale = ${key.locale}`);
      return true;
    }),
  );
}

/** Adds a version that says that there is no template any more. `false`: the one named is not the current version. */
export async function removeTemplate(
  db: Db,
  templateId: string,
  tombstoneId: string,
  entry: AuditEntry,
): Promise<boolean> {
  let isRemoved = false;
  const added = await insertOnce(async () => {
    isRemoved = await audited(db, entry, async (within) => {
      const { rowsAffected } = await within.execute(sql`
        INSERT INTO templates (template_id, owner_id, channel_id, status_key, locale, version, is_removed, needs,
               created_at)
        SELECT ${tombstoneId}, owner_id, channel_id, status_key, locale, version + 1, TRUE, '[]', ${utcNow}
          FROM templates WHERE template_id = ${templateId} AND is_removed = FALSE`);
      return rowsAffected > 0;
    });
  });
  return added === "inserted" && isRemoved;
}

/** One version by its id. */
export async function findTemplate(db: Db, templateId: string): Promise<StoredTemplate | null> {
  const { rows } = await db.execute(sql`
    SELECT ${COLUMNS}, ${sql.raw(isCurrent("t"))} AS isCurrent, c.kind, t.subject, t.text_body AS text,
           t.html_body AS html, t.content_sid AS contentSid, t.variables
      FROM templates t LEFT JOIN channels c ON c.channel_id = t.channel_id
     WHERE t.template_id = ${templateId}`);
  const [row] = rows as FoundRow[];
  return row ? toTemplate(row) : null;
}

/** A page of templates without their texts, by owner, channel, status, locale and version. */
export async function listTemplates(db: Db, asked: PageOf<TemplateFilter>): Promise<Page<ListedTemplate>> {
  const { filter, limit, after } = asked;
  const key = sql`t.owner_id, t.channel_id, t.status_key, t.locale, t.version`;
  const conditions = [
    ...equals("owner_id", filter.ownerId),
    ...equals("channel_id", filter.channelId),
    ...equals("status_key", filter.statusKey),
    ...equals("locale", filter.locale),
    ...(filter.allVersions ? [] : [sql.raw(isCurrent("t"))]),
    ...(after === null ? [] : [sql`t.owner_id >= ${after.key[0]} AND (${key}) > ${after.key}`]),
  ];
  const { rows } = await db.execute(sql`
    SELECT ${COLUMNS}, ${sql.raw(isCurrent("t"))} AS isCurrent
      FROM templates t FORCE INDEX (templates_version)
     WHERE ${sql.join([sql`TRUE`, ...conditions], sql` AND `)}
     ORDER BY ${key} LIMIT ${limit + 1}`);
  const found = (rows as ListedRow[]).slice(0, limit);
  const last = rows.length > limit ? found.at(-1) : undefined;
  return {
    rows: found.map(toListed),
    next: last ? { at: 0, key: [last.ownerId, last.channelId, last.statusKey, last.locale, last.version] } : null,
  };
}

const COLUMNS = sql`t.template_id AS templateId, t.owner_id AS ownerId, t.channel_id AS channelId,
           t.status_key AS statusKey, t.locale, t.version, t.is_removed AS isRemoved, t.needs,
           t.created_at AS createdAt`;

type ListedRow = Record<"templateId" | "ownerId" | "channelId" | "statusKey" | "locale" | "createdAt", string> &
  Record<"isRemoved" | "isCurrent", Truth> & { version: number; needs: Json };

type FoundRow = ListedRow &
  Record<"kind" | "subject" | "text" | "html" | "contentSid", string | null> & { variables: Json };

function toListed({ ownerId, isRemoved, isCurrent: current, needs, createdAt, ...row }: ListedRow): ListedTemplate {
  return {
    ...row,
    enterpriseId: ownerId === "" ? null : ownerId,
    isRemoved: isTrue(isRemoved),
    isCurrent: isTrue(current),
    needs: (fromJson(needs) ?? []) as string[],
    createdAt: isoOf(createdAt),
  };
}

function toTemplate({ kind, subject, text, html, contentSid, variables, ...row }: FoundRow): StoredTemplate {
  const parts = { subject, text, html, contentSid, variables: fromJson(variables) as Record<string, string> | null };
  return { ...toListed(row), kind: readKind(kind), parts };
}

function equals(column: string, value: string | null): SQL[] {
  return value === null ? [] : [sql`${sql.raw(`t.${column}`)} = ${value}`];
}
