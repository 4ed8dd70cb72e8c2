import type { FoundMessage, LookUp, LookUpAnswer } from "../../domain/look-up.ts";
import type { Fetch } from "../adapter.ts";
import { startAsking, unanswered, unreadable, type Ask, type Unanswered } from "../look-up-questions.ts";
import { accountHeaders, missingSetting } from "./resend-account.ts";
import type { ResendAccount } from "./resend-account.ts";
import { RESEND_ANSWER, RESEND_NOT_FOUND } from "./resend-errors.ts";
import { readListedMail, whetherOurs, type ListedMail } from "./resend-listed-mail.ts";
import { onlyAddress, readResendEvent, wishOf } from "./resend-status.ts";

/** Resend's clock and ours may differ by this much, in ms. */
const CLOCKS_DIFFER_MS = 60_000;

/** The most that a page holds. */
const PAGE_SIZE = 100;

/** A look-up ends with the time of one call, or with the requests that Resend takes in it; this bounds its memory. */
const MAX_PAGES = 50;
const MAX_FETCHES = 60;

/**
 * Looks a mail up: by its id, or in the list of all that the account has sent since the attempt began, whose
 * candidates are fetched one by one, for the list shows neither texts nor tags
 * (https://resend.com/docs/api-reference/emails/list-emails). Needs a key that may do more than send.
 */
export async function lookUpResendEmail(account: ResendAccount, question: LookUp, fetch: Fetch): Promise<LookUpAnswer> {
  const missing = missingSetting(account);
  if (missing !== null) return unanswered("not_configured", `${missing} is not configured`);
  const ask = startAsking(account, accountHeaders(account), RESEND_ANSWER, fetch);
  if (question.providerId !== null) return askFor(ask, question.providerId);
  const candidates = await searchList(ask, question);
  return "kind" in candidates ? candidates : fetchOurs(ask, candidates, question);
}

async function askFor(ask: Ask, id: string): Promise<LookUpAnswer> {
  const answer = await ask(`/emails/${encodeURIComponent(id)}`);
  if (answer.kind === "unanswered") return answer.code === RESEND_NOT_FOUND ? { kind: "found", messages: [] } : answer;
  const mail = readListedMail(answer.body);
  return mail?.id === id ? { kind: "found", messages: [toFound(mail)] } : UNREADABLE;
}

/** What went to the recipient alone since the attempt began, newest first. */
async function searchList(ask: Ask, { message, startedAt }: LookUp): Promise<ListedMail[] | Unanswered> {
  const since = startedAt - CLOCKS_DIFFER_MS;
  const candidates: ListedMail[] = [];
  let path = `/emails?limit=${PAGE_SIZE}`;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await ask(path);
    if (answer.kind === "unanswered") return answer;
    const listed = readPage(answer.body);
    if (listed === null) return UNREADABLE;
    const { mails, hasMore } = listed;
    candidates.push(...mails.filter((mail) => mail.createdAt >= since && isTo(mail, message.to)));
    const last = mails.at(-1);
    if (!hasMore || last === undefined || last.createdAt < since) return candidates;
    path = `/emails?limit=${PAGE_SIZE}&after=${encodeURIComponent(last.id)}`;
  }
  return TOO_MANY;
}

function readPage({ data, has_more: hasMore }: Record<string, unknown>) {
  if (!Array.isArray(data) || typeof hasMore !== "boolean") return null;
  const mails = data.map(readListedMail).filter((mail) => mail !== null);
  return mails.length === data.length ? { mails, hasMore } : null;
}

function isTo({ to }: ListedMail, address: string): boolean {
  return to.length === 1 && to[0]?.toLowerCase() === address.toLowerCase();
}

/** The oldest first, for ours was sent when the attempt began; one with its tags is the only one that can be. */
async function fetchOurs(ask: Ask, candidates: ListedMail[], { message }: LookUp): Promise<LookUpAnswer> {
  const ours: ListedMail[] = [];
  for (const [index, { id }] of candidates.toReversed().entries()) {
    if (index >= MAX_FETCHES) return TOO_MANY;
    const answer = await ask(`/emails/${encodeURIComponent(id)}`);
    if (answer.kind === "unanswered") return answer;
    const mail = readListedMail(answer.body);
    if (mail?.id !== id) return UNREADABLE;
    const verdict = whetherOurs(answer.body, message);
    if (verdict === "unclear")
      return unanswered("no_text", "Resend does not show what a mail that may be this one says");
    if (verdict === "tagged") return { kind: "found", messages: [toFound(mail)] };
    if (verdict === "alike") ours.push(mail);
  }
  return { kind: "found", messages: ours.map(toFound) };
}

/** A bounce is told without its kind here, so that it says nothing of the address; a list of Resend's own does. */
function toFound({ id, to, lastEvent }: ListedMail): FoundMessage {
  const status = readResendEvent(lastEvent) ?? { kind: "progress", code: null, reason: null };
  const wish = lastEvent === "bounced" ? null : wishOf(lastEvent);
  return {
    providerId: id,
    ...status,
    ...(wish === null ? {} : { wish: { wish, address: onlyAddress(to), kind: "email" } }),
  };
}

const UNREADABLE = unreadable(RESEND_ANSWER);
const TOO_MANY = unanswered("too_many", "more mails have been sent than a look-up reads");
