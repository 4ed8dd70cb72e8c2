import { isJsonObject } from "./json-object.ts";
import { readOrderUpdate, type OrderUpdateReading } from "./order-update.ts";

/** The most updates that one array may have. */
export const MAX_UPDATES = 500;

/** The most that one of them may have, in characters of JSON: what a post of its own may have, in bytes. */
const MAX_LENGTH = 64 * 1024;

/** Reads the updates of an array, each on its own. */
export function readOrderUpdates(elements: unknown[], now: number): OrderUpdateReading[] {
  return elements.map((element) => (isTooLong(element) ? TOO_LONG : readOrderUpdate(element, now)));
}

const TOO_LONG: OrderUpdateReading = {
  ok: false,
  errors: [{ pointer: "/data", message: `must be at most ${MAX_LENGTH} characters` }],
};

/** Only `data` has no limit of its own; what is not known is not stored. */
function isTooLong(element: unknown): boolean {
  if (!isJsonObject(element) || element["data"] === undefined) return false;
  return JSON.stringify(element["data"]).length > MAX_LENGTH;
}
