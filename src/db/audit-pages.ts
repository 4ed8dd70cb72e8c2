import { sql } from "drizzle-orm";
import type { AuditedChange, AuditFilter } from "../domain/audit-entry.ts";
import type { Page, PageOf } from "../domain/page-cursor.ts";
import type { Db } from "./client.ts";
import { fromJson } from "./json-column.ts";
import { isoOf } from "./time.ts";
import { where } from "./where.ts";

/** A page of what was changed, newest first, by the ids of the rows, which begin with their time. */
export async function readAudit(db: Db, { filter, limit, after }: PageOf<AuditFilter>): Promise<Page<AuditedChange>> {
  const { enterpriseId, resource, resourceId } = filter;
  const conditions = [
    ...(enterpriseId === null ? [] : [sql`owner_id = ${enterpriseId}`]),
    ...(resource === null ? [] : [sql`resource = ${resource}`]),
    ...(resourceId === null ? [] : [sql`resource_id = ${resourceId}`]),
    ...(after === null ? [] : [sql`audit_id < ${after.key[0]}`]),
  ];
  const { rows } = await db.execute(sql`
    SELECT audit_id, changed_at, owner_id, key_id, resource, resource_id, action, changes
      FROM audit${where(conditions)}
     ORDER BY audit_id DESC LIMIT ${limit + 1}`);
  const found = (rows as StoredChange[]).slice(0, limit);
  const last = rows.length > limit ? found.at(-1) : undefined;
  return { rows: found.map(toChange), next: last ? { at: 0, key: [last.audit_id] } : null };
}

type StoredChange = Omit<AuditedChange, "enterprise_id"> & { owner_id: string };

function toChange({ owner_id, changed_at, changes, ...row }: StoredChange): AuditedChange {
  return {
    ...row,
    changed_at: isoOf(changed_at),
    enterprise_id: owner_id || null,
    changes: fromJson(changes) as AuditedChange["changes"],
  };
}
