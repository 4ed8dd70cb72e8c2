/** A lane is one queue: channels of one kind share it, so a slow kind never delays another. */
export const LANES = ["sms", "email", "whatsapp", "other"] as const;

export type Lane = (typeof LANES)[number];

/** The lane of a channel's stored kind; one that this version does not know goes with the others. */
export function laneOf(kind: string | null): Lane {
  return LANES.find((lane) => lane === kind) ?? "other";
}
