import { uuidv7obj } from "uuidv7";

/** What an id names; its prefix makes ids readable in logs and answers. */
export type IdPrefix = "upd" | "dlv" | "att" | "lse" | "req" | "ch" | "gw" | "tpl" | "aud";

export type Ids = { next: (prefix: IdPrefix) => string };

/** Ids that sort in the order in which one isolate made them (UUIDv7, RFC 9562 §5.7), 36 characters at most. */
export function createIds(): Ids {
  return { next: (prefix) => `${prefix}_${uuidv7obj().toHex()}` };
}
