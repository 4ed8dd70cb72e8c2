import type { HeededMessage, InboundWish } from "../domain/inbound.ts";
import { suppressionKey, type Wish } from "../domain/suppression.ts";
import type { Services } from "../services.ts";

type Needs = Pick<Services, "inbound">;

const WISHES = { stop: "stopped", start: "lifted" } as const satisfies Record<InboundWish, Wish>;

/**
 * Does what a recipient asks for by a message, after its signature was verified: STOP bars the address on every
 * channel of its enterprises that the adapter serves, START lifts that. A message that comes again counts as of when
 * it first came, so that it changes nothing. `heeded`: how many channels it was about.
 */
export async function heedInbound({ inbound }: Needs, message: HeededMessage): Promise<{ heeded: number }> {
  const address = suppressionKey(message.from);
  if (address === null) return { heeded: 0 };
  await inbound.insert(message);
  const concerned = await inbound.findConcerned(message);
  await inbound.suppress(
    concerned.map(({ enterpriseId, channelId, receivedAt }) => ({
      enterpriseId,
      channelId,
      address,
      wish: WISHES[message.wish],
      at: receivedAt,
    })),
  );
  return { heeded: concerned.length };
}
