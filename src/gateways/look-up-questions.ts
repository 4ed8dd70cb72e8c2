import type { LookUpAnswer } from "../domain/look-up.ts";
import { DEFAULT_TIMES } from "../domain/times.ts";
import type { Fetch } from "./adapter.ts";
import { outcomeOfAnswer, type AnswerDialect } from "./answer-outcome.ts";
import { isRecord, parseJson } from "./json-text.ts";
import { callProvider } from "./provider-call.ts";

/** Room for a page of the longest texts, or for a mail with its text, in bytes. */
const MAX_PAGE_BYTES = 1024 * 1024;

export type Unanswered = Extract<LookUpAnswer, { kind: "unanswered" }>;

/** Asks for one path of a provider's API; what is told is a JSON object. */
export type Ask = (path: string) => Promise<{ kind: "told"; body: Record<string, unknown> } | Unanswered>;

/** The questions of one look-up, which together take the time of one call (`callTimeoutMs`). */
export function startAsking<E>(
  account: { apiUrl: string; callTimeoutMs?: number },
  headers: Record<string, string>,
  dialect: AnswerDialect<E>,
  fetch: Fetch,
): Ask {
  const endsAt = Date.now() + (account.callTimeoutMs ?? DEFAULT_TIMES.callTimeout);
  return async (path) => {
    const request = { method: "GET" as const, url: account.apiUrl + path, headers };
    const limits = { timeoutMs: Math.max(0, endsAt - Date.now()), maxBytes: MAX_PAGE_BYTES };
    const answer = await callProvider(fetch, request, limits);
    const outcome = outcomeOfAnswer(answer, dialect, Date.now());
    if (outcome.kind !== "accepted") return unanswered(outcome.code, outcome.reason);
    const body = answer.kind === "answered" && !answer.truncated ? parseJson(answer.bodyText) : undefined;
    return isRecord(body) ? { kind: "told", body } : unreadable(dialect);
  };
}

export function unanswered(code: string, reason: string): Unanswered {
  return { kind: "unanswered", code, reason };
}

export function unreadable({ provider }: { provider: string }): Unanswered {
  return unanswered("unreadable", `${provider}'s answer to the look-up could not be read`);
}
