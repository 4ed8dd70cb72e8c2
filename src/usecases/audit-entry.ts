import type { AuditEntry } from "../domain/audit-entry.ts";
import type { Caller } from "../domain/caller.ts";
import type { Services } from "../services.ts";

/** Who changes something. */
export type By = Pick<Caller, "keyId">;

/** The audit row of a change that is about to be made. */
export function auditEntry(
  { ids }: Pick<Services, "ids">,
  { keyId }: By,
  change: Omit<AuditEntry, "auditId" | "keyId">,
): AuditEntry {
  return { auditId: ids.next("aud"), keyId, ...change };
}
