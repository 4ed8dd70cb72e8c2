import * as z from "zod";
import { AUDITED_RESOURCES } from "../../../src/domain/audit-entry.ts";
import { resourceQueries } from "../../../src/domain/resource-query.ts";
import { id, instant, pageNotes, pageOf } from "../answers.ts";
import type { Group } from "../operation.ts";

const audited = z
  .object({
    audit_id: id("aud"),
    changed_at: instant,
    enterprise_id: z.nullable(z.string()).meta({ description: "whose it is; null: everyone's" }),
    key_id: z.string().meta({ description: "the key that it was done with; `cli`: the command line" }),
    resource: z.enum(AUDITED_RESOURCES),
    resource_id: z.string(),
    action: z.enum(["created", "changed", "removed", "revoked", "erased"]),
    changes: z
      .nullable(z.record(z.string(), z.unknown()))
      .meta({ description: "the fields that were written, and their values but for personal ones and secrets" }),
  })
  .meta({ id: "AuditedChange" });

/** Who changed what, and when. */
export const auditGroup: Group = {
  name: "Audit",
  description: "Who changed what, and when. A change and its row here are written together or not at all.",
  operations: [
    {
      id: "listAudit",
      method: "GET",
      path: "/v1/audit",
      access: "read",
      summary: "List changes",
      description: "Newest first.",
      query: {
        schema: resourceQueries.audit,
        notes: {
          ...pageNotes,
          enterprise_id: "of what is this enterprise's",
          resource: "of this kind",
          resource_id: "of this one; needs its `resource`",
        },
      },
      answers: [{ status: 200, description: "A page.", schema: pageOf(audited) }],
      problems: [],
      examples: [
        {
          name: "customer",
          summary: "What became of a customer",
          turn: 6,
          request: { query: { resource: "customer", resource_id: "acme" } },
          answer: {
            status: 200,
            body: {
              data: [
                {
                  audit_id: "aud_01a2076cdd2f726fba3d2a35110a7703",
                  changed_at: "2026-11-25T08:00:05.000Z",
                  enterprise_id: "acme",
                  key_id: "key_0QjVvY3S4kFz9aB1",
                  resource: "customer",
                  resource_id: "acme",
                  action: "changed",
                  changes: { fields: ["phone"], values: {} },
                },
              ],
              next: null,
            },
          },
          varies: true,
        },
      ],
    },
  ],
};
