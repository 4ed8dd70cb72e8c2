/** The kinds of channels there are. */
export const KINDS = ["sms", "email", "whatsapp", "other"] as const;

export type Kind = (typeof KINDS)[number];

/**
 * A lane is one queue with consumers of its own. Each kind of channel has two, and the gateways of a channel
 * are dealt to them in turn, so that neither a slow kind nor a gateway that hangs delays the others.
 */
export const LANES = [
  "sms",
  "sms_2",
  "email",
  "email_2",
  "whatsapp",
  "whatsapp_2",
  "other",
  "other_2",
] as const satisfies (Kind | `${Kind}_2`)[];

export type Lane = (typeof LANES)[number];

/** Gateways of one channel are dealt to this many lanes. */
export const TRACKS = 2;

/** The lane of deliveries that go through a gateway of this track. */
export function laneOf(kind: Kind, track: number): Lane {
  return track % TRACKS === 0 ? kind : `${kind}_2`;
}

/** A channel's stored kind; one that this version does not know goes with the others. */
export function readKind(kind: string | null): Kind {
  return KINDS.find((known) => known === kind) ?? "other";
}

/** A delivery's stored lane; one that this version does not know goes with the others. */
export function readLane(lane: string): Lane {
  return LANES.find((known) => known === lane) ?? "other";
}
