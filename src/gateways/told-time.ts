/** The first instant that the database cannot hold, in ms since the epoch. */
const END_MS = Date.UTC(10_000, 0);

/** A time that a provider tells, in ms since the epoch; null for one that is none, or that nobody can mean. */
export function toldTime(ms: number): number | null {
  return Number.isInteger(ms) && ms >= 0 && ms < END_MS ? ms : null;
}
