import { sql } from "drizzle-orm";
import type { AuditEntry } from "../domain/audit-entry.ts";
import type { Db, Statements } from "./client.ts";
import { utcNow } from "./time.ts";

/**
 * A change of what an operator keeps, and its audit row: both or neither. `change` says false where there was
 * nothing to change, and then nothing is written. What it throws undoes it all. Not for hot paths: four statements.
 */
export async function audited(
  db: Db,
  entry: AuditEntry,
  change: (within: Statements) => Promise<boolean>,
): Promise<boolean> {
  return db.transaction(async (within) => {
    if (!(await change(within))) return false;
    await within.execute(sql`
      INSERT INTO audit (audit_id, owner_id, key_id, resource, resource_id, action, changes, changed_at)
      VALUES (${entry.auditId}, ${entry.enterpriseId ?? ""}, ${entry.keyId}, ${entry.resource}, ${entry.resourceId},
              ${entry.action}, ${entry.changes === null ? null : JSON.stringify(entry.changes)}, ${utcNow})`);
    return true;
  });
}
