/** What an id names; its prefix makes ids readable in logs and answers. */
export type IdPrefix = "upd" | "dlv" | "att" | "lse" | "req" | "ch" | "gw";

export type Ids = { next: (prefix: IdPrefix) => string };

/** Of a clock that goes back by less than this the later time is kept, in ms, so that ids go on sorting. */
const KEPT_MS = 10_000;

/** So many ids can follow one another within one ms; the first one's number is a random one below the half. */
const NUMBERS = 2 ** 42;

/**
 * Ids that sort in the order in which one isolate made them, 36 characters at most: UUIDv7 (RFC 9562 §5.7) with a
 * counter that is started at random (§6.2, method 1) and 32 random bits behind it.
 */
export function createIds(): Ids {
  let time = 0;
  let number = 0;
  return {
    next: (prefix) => {
      const [high = 0, low = 0, tail = 0] = crypto.getRandomValues(new Uint32Array(3));
      const now = Date.now();
      const isLater = now > time || now < time - KEPT_MS;
      number += 1;
      if (isLater || number === NUMBERS) {
        time = isLater ? now : time + 1;
        number = (high % 2 ** 9) * 2 ** 32 + low;
      }
      const behind = 2 ** 31 + (number % 2 ** 30);
      return `${prefix}_${hex(time, 12)}7${hex(Math.floor(number / 2 ** 30), 3)}${hex(behind, 8)}${hex(tail, 8)}`;
    },
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
