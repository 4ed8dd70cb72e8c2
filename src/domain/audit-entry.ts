import type { JsonObject } from "./json-object.ts";

/** What operators keep, as an audit calls it; `recipient` is one whose traces were erased. */
export const AUDITED_RESOURCES = [
  "customer",
  "channel",
  "gateway",
  "subscription",
  "template",
  "key",
  "recipient",
] as const;

/**
 * One change of what an operator keeps: who (`keyId`), what, and which fields. `enterpriseId` is whose it is, null where
 * it is everyone's. `changes` names fields, and gives values only of what is nobody's personal data and no secret.
 */
export type AuditEntry = {
  auditId: string;
  keyId: string;
  enterpriseId: string | null;
  resource: (typeof AUDITED_RESOURCES)[number];
  /** At most 200 characters; never an address. */
  resourceId: string;
  action: "created" | "changed" | "removed" | "revoked" | "erased";
  changes: JsonObject | null;
};

/** A change as it is answered; `changed_at` in RFC 3339, UTC. */
export type AuditedChange = {
  audit_id: string;
  changed_at: string;
  enterprise_id: string | null;
  key_id: string;
  resource: string;
  resource_id: string;
  action: string;
  changes: JsonObject | null;
};

/** Which changes are meant. Null: whatever it is. */
export type AuditFilter = { enterpriseId: string | null; resource: string | null; resourceId: string | null };

/** What an audit tells of fields that were written: all their names, and the values but of those that it must not hold. */
export function changesOf(written: Record<string, unknown>, withheld: readonly string[] = []): JsonObject {
  const told = Object.entries(written).filter(([field]) => !withheld.includes(field));
  return { fields: Object.keys(written), values: Object.fromEntries(told) };
}
