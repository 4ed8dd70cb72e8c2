import { AppError } from "../domain/app-error.ts";
import type { ListedDelivery } from "../domain/listed-rows.ts";
import { writeCursor, type PageOf } from "../domain/page-cursor.ts";
import { ofShipment, questionOf, type ShipmentName } from "../domain/reading-query.ts";
import { tellRow, type TimelineRow } from "../domain/timeline.ts";
import type { Services } from "../services.ts";

/** So many deliveries of a shipment are told of at most, the newest ones. */
const DELIVERIES = 200;

export type TimelineEntry = TimelineRow & { text: string };

/**
 * The story of a shipment: how its deliveries stand, newest first, and a page of what happened, oldest first, in words;
 * `next` is the cursor of the next page, null after the last. Throws AppError `not_found` when there is nothing of it.
 */
export async function tellTimeline(
  { reading }: Pick<Services, "reading">,
  asked: PageOf<ShipmentName>,
): Promise<{ deliveries: ListedDelivery[]; entries: TimelineEntry[]; next: string | null }> {
  const [deliveries, { rows, next }] = await Promise.all([
    reading.page("deliveries", { filter: ofShipment(asked.filter), limit: DELIVERIES, after: null }),
    reading.timeline(asked),
  ]);
  if (deliveries.rows.length === 0 && rows.length === 0 && asked.after === null) {
    throw new AppError("not_found", "Nothing is known of a shipment of this id of this enterprise.");
  }
  return {
    deliveries: deliveries.rows,
    entries: rows.map((row) => ({ ...row, text: tellRow(row) })),
    next: next && writeCursor(next, questionOf("timeline", asked.filter)),
  };
}
