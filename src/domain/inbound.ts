import type { AdapterName } from "./adapter-facts.ts";

/** What a recipient asks for by a message to one of our senders. */
export type InboundWish = "stop" | "start";

/**
 * A message that came in. `messageId`: the provider's. `adapter`: the one that would answer it. `from`: the
 * recipient's address. `wish` is null for everything that is neither a stop nor a start.
 */
export type InboundMessage = {
  messageId: string;
  adapter: AdapterName;
  from: string;
  wish: InboundWish | null;
  /** The enterprise's own gateway that it came to, and so concerns alone; absent where it came to a shared one. */
  own?: { gatewayId: string; ownerId: string };
};

/** A message that asks for something. */
export type HeededMessage = InboundMessage & { wish: InboundWish };

/** Whether a message is one of those; all others are of no concern to us. */
export function asksForSomething(message: InboundMessage): message is HeededMessage {
  return message.wish !== null;
}
