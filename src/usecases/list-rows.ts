import type { List, ListedRows } from "../domain/listed-rows.ts";
import { writeCursor, type PageOf } from "../domain/page-cursor.ts";
import { questionOf, type ListFilter } from "../domain/reading-query.ts";
import type { Services } from "../services.ts";

/** A page of one of the lists of an enterprise, newest first, with the cursor of the next one; null after the last. */
export async function listRows<L extends List>(
  services: Pick<Services, "reading">,
  list: L,
  asked: PageOf<ListFilter>,
): Promise<{ rows: ListedRows[L][]; next: string | null }> {
  const { rows, next } = await services.reading.page(list, asked);
  return { rows, next: next && writeCursor(next, questionOf(list, asked.filter)) };
}
