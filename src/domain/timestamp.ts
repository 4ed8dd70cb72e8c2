/** The original's form, read as UTC, or RFC 3339 §5.6 with an offset. */
const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?)([Zz]|[+-]\d{2}:\d{2})?$/;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Updates may be dated this far ahead of our clock, in ms: clocks differ, time zones get mixed up. */
export const MAX_AHEAD_MS = DAY_MS;

/** Older updates are refused, in ms: rows are kept this long, so a purge cannot make a duplicate new. */
export const MAX_AGE_MS = 400 * DAY_MS;

export type TimestampReading = { ok: true; instant: number } | { ok: false; message: string };

/**
 * Reads `YYYY-MM-DD HH:MM:SS` (UTC) or RFC 3339 with an offset into ms since the epoch; finer fractions
 * are cut off. Refuses dates that do not exist and instants outside of the window around `now`, in ms.
 */
export function readTimestamp(text: string, now: number): TimestampReading {
  const parts = FORM.exec(text);
  const isOriginalForm = parts !== null && parts[8] === undefined;
  if (!parts || (isOriginalForm && (text[10] !== " " || parts[7] !== undefined)))
    return { ok: false, message: "must be 'YYYY-MM-DD HH:MM:SS' (read as UTC) or RFC 3339 with an offset" };
  const instant = instantOf(parts);
  if (instant === null) return { ok: false, message: "is not a date and time that exists" };
  if (instant > now + MAX_AHEAD_MS) return { ok: false, message: "is more than 24 hours ahead" };
  if (instant < now - MAX_AGE_MS) return { ok: false, message: "is more than 400 days ago" };
  return { ok: true, instant };
}

function instantOf(parts: RegExpExecArray): number | null {
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
  const exists =
    utc.getUTCFullYear() === year &&
    utc.getUTCMonth() === month - 1 &&
    utc.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  const offset = offsetMs(parts[8]);
  return exists && offset !== null ? utc.getTime() - offset : null;
}

function offsetMs(offset: string | undefined): number | null {
  if (offset === undefined || offset.toUpperCase() === "Z") return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4, 6));
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
