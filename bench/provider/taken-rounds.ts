import type { SentMessage } from "./sent-message.ts";

/** One message that was taken. `at`: when its request came in, in ms since the epoch, with fractions. */
export type TakenMessage = SentMessage & { at: number };

/** `twice`: what was taken of a shipment on a channel beyond the first. Times as in TakenMessage; null for none. */
export type RoundCounts = { taken: number; twice: number; firstAt: number | null; lastAt: number | null };

/**
 * What a provider took, by round: the shipments of a round are named `<round>-<number>`, so that one figure of the
 * bench does not see the messages of another.
 */
export type TakenRounds = {
  add: (message: TakenMessage) => void;
  counts: (round: string) => RoundCounts;
  /** In the order in which they came. */
  messages: (round: string) => readonly TakenMessage[];
};

type Round = { messages: TakenMessage[]; seen: Set<string> };

export function createTakenRounds(): TakenRounds {
  const rounds = new Map<string, Round>();
  return {
    add: (message) => {
      const name = message.shipment.slice(0, message.shipment.lastIndexOf("-"));
      const round = rounds.get(name) ?? { messages: [], seen: new Set() };
      rounds.set(name, round);
      round.messages.push(message);
      round.seen.add(`${message.channel} ${message.shipment}`);
    },
    counts: (name) => {
      const { messages, seen } = rounds.get(name) ?? { messages: [], seen: new Set() };
      const twice = messages.length - seen.size;
      return { taken: messages.length, twice, firstAt: messages[0]?.at ?? null, lastAt: messages.at(-1)?.at ?? null };
    },
    messages: (name) => rounds.get(name)?.messages ?? [],
  };
}
