/** A lane is one queue: channels of one kind share it, so a slow kind never delays another. */
export const LANES = ["sms", "email", "whatsapp", "other"] as const;

export type Lane = (typeof LANES)[number];
