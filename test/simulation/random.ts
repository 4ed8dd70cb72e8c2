/** Random numbers that a seed repeats exactly. */
export type Random = {
  /** In [0, 1). */
  next: () => number;
  chance: (probability: number) => boolean;
  /** A whole number; both ends can come. */
  between: (least: number, most: number) => number;
  pick: <T>(choices: readonly T[]) => T;
};

/** The generator mulberry32: 32 bits of state are enough to tell thousands of runs apart. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x5bf03635;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick: <T>(choices: readonly T[]) => choices[Math.floor(next() * choices.length)] as T,
  };
}
