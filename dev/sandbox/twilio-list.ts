import { json } from "./http.ts";
import type { Answer } from "./http.ts";
import { showMessage } from "./twilio-message.ts";
import type { TwilioMessage } from "./twilio-message.ts";

/**
 * One page of an account's messages, newest first; `messages` comes in the order of creation.
 * Filters, page sizes (50, at most 1000) and the shape of a page: `ListMessage` in twilio-oai. A page token
 * names the last message shown, so that pages do not shift when new messages come in.
 */
export function listMessages(messages: readonly TwilioMessage[], path: string, query: URLSearchParams): Answer {
  const wanted = messages.filter((message) => fits(message, query)).toReversed();
  const pageSize = Math.min(Math.max(Number(query.get("PageSize") ?? 50) || 50, 1), 1000);
  const page = Number(query.get("Page") ?? 0) || 0;
  const after = query.get("PageToken")?.replace(/^PA/, "");
  const start = after === undefined ? page * pageSize : wanted.findIndex((one) => one.sid === after) + 1;
  const shown = wanted.slice(start, start + pageSize);
  const last = shown.at(-1);
  const more = last !== undefined && start + shown.length < wanted.length;
  return json(200, {
    end: Math.max(start + shown.length - 1, 0),
    first_page_uri: pageUri(path, query, pageSize, 0, null),
    messages: shown.map(showMessage),
    next_page_uri: more ? pageUri(path, query, pageSize, page + 1, `PA${last.sid}`) : null,
    page,
    page_size: pageSize,
    previous_page_uri: page > 0 ? pageUri(path, query, pageSize, page - 1, null) : null,
    start,
    uri: `${path}${query.size > 0 ? `?${query.toString()}` : ""}`,
  });
}

function fits(message: TwilioMessage, query: URLSearchParams): boolean {
  const to = query.get("To");
  const from = query.get("From");
  return (
    (to === null || message.to === to) &&
    (from === null || (message.assigned && message.from === from)) &&
    fitsDate(message.sentAt, query.get("DateSent"), "=") &&
    fitsDate(message.sentAt, query.get("DateSent<"), "<") &&
    fitsDate(message.sentAt, query.get("DateSent>"), ">")
  );
}

/**
 * `<` and `>` include the date itself, a date without a time means the whole day in GMT, and a message that
 * was not sent yet has no date to be found by (spec, DateSent).
 */
function fitsDate(sentAt: number | null, filter: string | null, side: "=" | "<" | ">"): boolean {
  if (filter === null || filter === "") return true;
  if (sentAt === null) return false;
  const wholeDay = /^\d{4}-\d{2}-\d{2}$/.test(filter);
  const first = Date.parse(filter);
  const last = first + (wholeDay ? 86_400_000 : 1_000) - 1;
  if (side === "<") return sentAt <= last;
  if (side === ">") return sentAt >= first;
  return sentAt >= first && sentAt <= last;
}

function pageUri(path: string, query: URLSearchParams, size: number, page: number, token: string | null) {
  const next = new URLSearchParams(query);
  next.delete("PageToken");
  next.set("PageSize", String(size));
  next.set("Page", String(page));
  if (token !== null) next.set("PageToken", token);
  return `${path}?${next.toString()}`;
}
