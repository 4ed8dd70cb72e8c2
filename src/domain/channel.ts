import * as z from "zod/mini";
import { nameKey } from "./adapter-facts.ts";
import { readBody, strictBody, type BodyReading } from "./body-reading.ts";
import { KINDS, type Kind } from "./lane.ts";
import { plainText } from "./order-update.ts";

/** How somebody is reached, as it is answered. Its kind is for good: adapters and queued deliveries go by it. */
export type Channel = { channel_id: string; channel_name: string; kind: Kind };

export type NewChannel = Omit<Channel, "channel_id">;

/** What is to be changed of a channel; what is not named stays. */
export type ChannelChanges = { channel_name?: string | undefined };

/** The name of a channel or a gateway. Names are matched in lower case, which can be longer. */
export const nameText = plainText(64).check(
  z.refine((text) => [...text].length > 64 || [...nameKey(text)].length <= 64, {
    error: "must be at most 64 characters, also in lower case",
  }),
);

/** A channel, as `POST /v1/channels` takes it. */
export const channelBody = strictBody({
  channel_name: nameText,
  kind: z.enum(KINDS, { error: `must be one of ${KINDS.join(", ")}` }),
});
/** A change, as `PATCH` takes it. */
export const channelChangesBody = strictBody({ channel_name: z.optional(nameText) });

/** Reads the body of `POST /v1/channels`. */
export function readChannel(body: unknown): BodyReading<NewChannel> {
  return readBody(channelBody, body);
}

/** Reads a change of a channel, a JSON merge patch (RFC 7396). */
export function readChannelChanges(body: unknown): BodyReading<ChannelChanges> {
  return readBody(channelChangesBody, body);
}
