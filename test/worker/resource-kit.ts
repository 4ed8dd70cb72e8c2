import { expect } from "vitest";
import { readKeyId } from "../../src/domain/api-key.ts";
import { ADMIN_KEY } from "../support/admin-key.ts";
import { AS_JSON, readAnswer } from "./http-kit.ts";
import { query, quietEnv, sendIn, type Posted } from "./kit.ts";

const quiet = quietEnv().env;

/** Asks for a path of what operators keep; a body goes along as JSON. */
export async function call(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<Posted> {
  const init = { method, headers: AS_JSON, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await sendIn(quiet, path, init);
  if (answer.status !== 204) return readAnswer(answer);
  return { status: 204, headers: answer.headers, body: { update_id: "", code: "", deliveries: [], skipped: [] } };
}

/** A path under /v1, of parts as they are. */
export function pathOf(...parts: string[]): string {
  return `/v1/${parts.map(encodeURIComponent).join("/")}`;
}

/** The audit rows of a resource, oldest first, as the database has them. */
export async function auditOf(resource: string, resourceId: string) {
  const rows = await query<{ action: string; changes: unknown; [column: string]: unknown }>(
    `SELECT owner_id, key_id, action, changes, changed_at > UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE AS is_new
       FROM audit WHERE resource = ? AND resource_id = ? ORDER BY audit_id`,
    [resource, resourceId],
  );
  return rows.map((row) => ({
    ...row,
    changes: typeof row.changes === "string" ? JSON.parse(row.changes) : row.changes,
  }));
}

/** An audit row as `auditOf` gives it. */
export function audited(action: string, ownerId: string, changes: unknown) {
  return { owner_id: ownerId, key_id: readKeyId(ADMIN_KEY), action, changes, is_new: expect.anything() };
}
