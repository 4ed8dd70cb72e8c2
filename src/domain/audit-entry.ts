import type { JsonObject } from "./json-object.ts";

/**
 * One change of what an operator keeps: who (`keyId`), what, and which fields. `enterpriseId` is whose it is, null where
 * it is everyone's. `changes` names fields, and gives values only of what is nobody's personal data and no secret.
 */
export type AuditEntry = {
  auditId: string;
  keyId: string;
  enterpriseId: string | null;
  resource: "customer" | "channel" | "gateway" | "subscription" | "template" | "key" | "recipient";
  /** At most 200 characters; never an address. */
  resourceId: string;
  action: "created" | "changed" | "removed" | "revoked" | "erased";
  changes: JsonObject | null;
};
