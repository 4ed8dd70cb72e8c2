/** Members of rows that are instants in ms since the epoch. */
const INSTANTS = new Set(["at", "timestamp", "notifyTime", "acceptedAt", "dueAt", "settledAt", "expiresAt"]);

/** A row as it is answered: members in snake_case, instants as RFC 3339 in UTC with milliseconds. */
export function answerOf(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([member, value]) => [
      member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      INSTANTS.has(member) && typeof value === "number" ? new Date(value).toISOString() : value,
    ]),
  );
}
