import type { SendOutcome } from "../domain/send-outcome.ts";
import type { Answered, ProviderAnswer } from "./provider-call.ts";
import { parseResetTime, parseRetryAfter } from "./retry-after.ts";

/** What one provider's answers look like; all that the common rules below cannot know. */
export type AnswerDialect<ProviderError> = {
  provider: string;
  /** The id of the message in a success; null when it cannot be read. */
  providerId: (answer: Answered) => string | null;
  /** The error in the body of a failure; null when the body is not one that this provider writes. */
  readError: (bodyText: string) => ProviderError | null;
  /** The provider's own code for the error. */
  errorCode: (error: ProviderError, status: number) => string;
  /** What a 4xx means; not asked about 408 and 429. */
  errorOutcome: (error: ProviderError, status: number) => SendOutcome;
  /** Header with the end of a rate limit in seconds since the epoch, for a 429 without `Retry-After`. */
  resetHeader: string | null;
};

/**
 * What an answer proves, by the same rules for every provider: a success status is an acceptance even if
 * the rest is unreadable; 429, and a 503 that the provider itself signed with its error body or
 * `Retry-After`, are surely not sent; any other 5xx, 408, silence or a lost connection may be.
 * A 4xx is explained by the provider's own table; one without the provider's body came from somebody else.
 */
export function outcomeOfAnswer<E>(answer: ProviderAnswer, dialect: AnswerDialect<E>, nowMs: number): SendOutcome {
  const { provider } = dialect;
  switch (answer.kind) {
    case "answered":
      return outcomeOfStatus(answer, dialect, nowMs);
    case "timed_out":
      return { kind: "ambiguous", code: "timeout", reason: `${provider} did not answer in time` };
    case "broken":
      return { kind: "ambiguous", code: "connection_lost", reason: `the connection to ${provider} failed` };
    case "not_started":
      return {
        kind: "misconfigured",
        gatewayWide: true,
        code: "not_configured",
        reason: `no request can be made with the API URL or the credentials configured for ${provider}`,
      };
  }
}

function outcomeOfStatus<E>(answer: Answered, dialect: AnswerDialect<E>, nowMs: number): SendOutcome {
  const { status, headers } = answer;
  const { provider } = dialect;
  if (status >= 200 && status < 300) return { kind: "accepted", providerId: dialect.providerId(answer) };

  const error = dialect.readError(answer.bodyText);
  const code = error === null ? String(status) : dialect.errorCode(error, status);
  const retryAfterMs = parseRetryAfter(headers.get("retry-after"), nowMs);
  if (status === 429) {
    const reset = dialect.resetHeader === null ? null : headers.get(dialect.resetHeader);
    const wait = retryAfterMs ?? parseResetTime(reset, nowMs);
    return withWait({ kind: "refused", code, reason: `${provider} limits the rate of requests` }, wait);
  }
  if (status === 503 && (error !== null || retryAfterMs !== undefined)) {
    return withWait({ kind: "refused", code, reason: `${provider} is temporarily unavailable` }, retryAfterMs);
  }
  if (status >= 500 || status === 408) {
    return { kind: "ambiguous", code, reason: `${provider} answered HTTP ${status}, which proves nothing` };
  }
  if (error !== null && status >= 400) return withWait(dialect.errorOutcome(error, status), retryAfterMs);
  return outcomeOfStranger(answer, provider);
}

/** A redirect or a 4xx whose body does not say that the provider wrote it. */
function outcomeOfStranger({ status, truncated }: Answered, provider: string): SendOutcome {
  const code = String(status);
  if (status === 401 || status === 403) {
    return {
      kind: "misconfigured",
      gatewayWide: true,
      code,
      reason: `${provider} refused the credentials (HTTP ${status})`,
    };
  }
  if (status >= 400 && truncated === "interrupted") {
    return { kind: "refused", code, reason: `${provider} answered HTTP ${status}, but its explanation was cut off` };
  }
  const what = status < 400 ? "a redirect" : "a page that is not the provider's";
  const reason = `the API URL of ${provider} answers with ${what} (HTTP ${status})`;
  return { kind: "misconfigured", gatewayWide: true, code, reason };
}

function withWait(outcome: SendOutcome, retryAfterMs: number | undefined): SendOutcome {
  return outcome.kind === "refused" && retryAfterMs !== undefined ? { ...outcome, retryAfterMs } : outcome;
}
