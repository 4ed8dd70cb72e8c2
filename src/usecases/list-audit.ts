import type { AuditedChange, AuditFilter } from "../domain/audit-entry.ts";
import type { PageOf } from "../domain/page-cursor.ts";
import type { Services } from "../services.ts";
import { toldPage, type ToldPage } from "./told-page.ts";

/** A page of who changed what, newest first. */
export async function listAudit(
  { audit }: Pick<Services, "audit">,
  asked: PageOf<AuditFilter>,
): Promise<ToldPage<AuditedChange>> {
  return toldPage("audit", asked, await audit.page(asked));
}
