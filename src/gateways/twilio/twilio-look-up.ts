import type { FoundMessage, LookUp, LookUpAnswer } from "../../domain/look-up.ts";
import type { Fetch } from "../adapter.ts";
import { startAsking, unanswered, unreadable, type Ask } from "../look-up-questions.ts";
import { accountHeaders, messagesPath, missingSetting } from "./twilio-account.ts";
import type { TwilioAccount } from "./twilio-account.ts";
import { TWILIO_ANSWER } from "./twilio-answer.ts";
import { readListedMessage } from "./twilio-listed-message.ts";
import type { ListedMessage } from "./twilio-listed-message.ts";
import { bareAddress, senderField, withPrefix } from "./twilio-messages.ts";
import type { FormField } from "./twilio-messages.ts";
import { readTwilioStatus } from "./twilio-status.ts";

/** What a message of ours looks like in Twilio's list. */
export type TwilioTraits = {
  sender: string;
  /** Of recipient and sender: `whatsapp:`, or "". */
  prefix: string;
  /** Whether a body that is not the text itself may be that of our message, as Twilio has changed or made it. */
  mayBe: (body: string) => boolean;
};

/** Twilio's clock and ours may differ by this much, in ms. */
const CLOCKS_DIFFER_MS = 60_000;

const PAGE_SIZE = 100;
const MAX_PAGES = 10;

/**
 * Looks a message up: by its sid, or, as Twilio keeps no reference of ours, among all that went to the
 * recipient since the attempt began (https://www.twilio.com/docs/messaging/api/message-resource).
 */
export async function lookUpTwilioMessage(
  account: TwilioAccount,
  question: LookUp,
  traits: TwilioTraits,
  fetch: Fetch,
): Promise<LookUpAnswer> {
  const missing = missingSetting(account);
  if (missing !== null) return unanswered("not_configured", `${missing} is not configured`);
  const ask = startAsking(account, accountHeaders(account), TWILIO_ANSWER, fetch);
  const path = messagesPath(account);
  return question.providerId === null
    ? searchList(ask, path, question, traits)
    : askFor(ask, path, question.providerId);
}

async function askFor(ask: Ask, path: string, sid: string): Promise<LookUpAnswer> {
  const answer = await ask(`${path}/${encodeURIComponent(sid)}.json`);
  if (answer.kind === "unanswered") return answer.code === NOT_FOUND ? { kind: "found", messages: [] } : answer;
  const message = readListedMessage(answer.body);
  return message?.sid === sid ? { kind: "found", messages: [toFound(message)] } : UNREADABLE;
}

/** Twilio's own "not found"; a 404 that somebody else wrote has another code. */
const NOT_FOUND = "20404";

/** Newest first, and without a filter by date: Twilio's goes by the date of sending, which a queued message lacks. */
async function searchList(
  ask: Ask,
  path: string,
  { message, startedAt }: LookUp,
  traits: TwilioTraits,
): Promise<LookUpAnswer> {
  if (traits.sender === "") return unanswered("not_configured", "the sender at Twilio is not configured");
  const sender = senderField(traits.sender, traits.prefix);
  const query = new URLSearchParams({ To: withPrefix(message.to, traits.prefix), PageSize: String(PAGE_SIZE) });
  const since = startedAt - CLOCKS_DIFFER_MS;
  const ours: ListedMessage[] = [];
  let uri = `${path}.json?${query.toString()}`;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await ask(uri);
    if (answer.kind === "unanswered") return answer;
    const listed = readPage(answer.body);
    if (listed === null) return UNREADABLE;
    ours.push(...listed.messages.filter((one) => one.createdAt >= since && isFrom(one, sender)));
    const isReached = listed.messages.some((one) => Math.max(one.createdAt, one.sentAt ?? 0) < since);
    if (listed.next === null || isReached) return conclude(ours, message.text, traits);
    // The credentials go along, so they go nowhere but to the account's own list.
    if (!listed.next.startsWith(`${path}.json?`)) return UNREADABLE;
    uri = listed.next;
  }
  return unanswered("too_many", "more messages have gone to this recipient than a look-up reads");
}

function readPage({ messages, next_page_uri: next }: Record<string, unknown>) {
  if (!Array.isArray(messages) || (typeof next !== "string" && next !== null)) return null;
  const read = messages.map(readListedMessage);
  const known = read.filter((message) => message !== null);
  return known.length === read.length ? { messages: known, next: next || null } : null;
}

function isFrom(message: ListedMessage, [field, sender]: FormField): boolean {
  return senderKey(field === "From" ? message.from : message.messagingServiceSid) === senderKey(sender);
}

/** Numbers may be configured as people write them. */
function senderKey(sender: string | null): string | null {
  return sender?.replaceAll(/[\s().-]/g, "").toLowerCase() ?? null;
}

/** A message whose text is hidden may be ours, so that none can be said to be absent. */
function conclude(ours: ListedMessage[], text: string, { mayBe }: TwilioTraits): LookUpAnswer {
  const exact = ours.filter(({ body }) => body === text);
  const fitting = exact.length > 0 ? exact : ours.filter(({ body }) => mayBe(body));
  if (fitting.length === 0 && ours.some(({ body }) => body === "")) {
    return unanswered("no_text", "Twilio does not show the texts of messages that may be this one");
  }
  return { kind: "found", messages: fitting.map(toFound) };
}

function toFound({ sid, status, errorCode, to }: ListedMessage): FoundMessage {
  const said = readTwilioStatus(status, errorCode, to === null ? null : bareAddress(to));
  return { providerId: sid, ...(said ?? { kind: "progress", code: null, reason: null }) };
}

const UNREADABLE = unreadable(TWILIO_ANSWER);
