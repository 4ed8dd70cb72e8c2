/** Longest wait that we take from a provider, in ms; the delivery's own schedule knows better after that. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3: seconds, or an HTTP date) as ms from `nowMs`,
 * between 0 and one hour. Undefined when it is absent or unreadable.
 */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return clampWait(Number(text) * 1000);
  // Only dates that name their zone: without one, Date.parse would take the machine's.
  return /^[A-Za-z]+, .+ GMT$/.test(text) ? waitUntil(Date.parse(text), nowMs) : undefined;
}

/** Reads a reset time in seconds since the epoch (`X-RateLimit-Reset`) as ms from `nowMs`, bounded in the same way. */
export function parseResetTime(value: string | null, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  return /^\d+$/.test(text) ? waitUntil(Number(text) * 1000, nowMs) : undefined;
}

function waitUntil(timeMs: number, nowMs: number): number | undefined {
  return Number.isNaN(timeMs) ? undefined : clampWait(timeMs - nowMs);
}

function clampWait(waitMs: number): number {
  return Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}
