import { writeCursor, type Page, type PageOf } from "../domain/page-cursor.ts";
import { questionOf } from "../domain/reading-query.ts";

/** A page as it is told: `next` is the cursor of the page after it, null after the last. */
export type ToldPage<Row> = { rows: Row[]; next: string | null };

/** A page of a list with its cursor, which fits the same list and filter only. */
export function toldPage<Row>(list: string, { filter }: PageOf<unknown>, { rows, next }: Page<Row>): ToldPage<Row> {
  return { rows, next: next && writeCursor(next, questionOf(list, filter)) };
}
