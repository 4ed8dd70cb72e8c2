import type { FaultKind } from "./fault-kinds.ts";

/** One fault that was done to the service. */
export type Strike = {
  kind: FaultKind;
  /** To whom, for people. */
  target: string;
  /** Ms since the epoch. */
  from: number;
  to: number;
  /** How many requests, connections, chunks, callbacks or processes it hit; 0: nobody came by. */
  struck: number;
  /** How many attempts it may have left without an answer. */
  ambiguous: number;
  /** Attempts that were open all the while; only processes are asked about it. */
  open?: number;
};

export type Tally = {
  add: (strike: Strike) => void;
  strikes: () => readonly Strike[];
};

export function createTally(say: (line: string) => void): Tally {
  const all: Strike[] = [];
  return {
    add: (strike) => {
      all.push(strike);
      const { kind, target, from, to, struck, open } = strike;
      const attempts = open === undefined ? "" : `, ${open} attempts open`;
      say(`${kind.padEnd(20)} ${target.padEnd(10)} ${((to - from) / 1000).toFixed(1)} s, struck ${struck}${attempts}`);
    },
    strikes: () => all,
  };
}

/** How often each kind struck somebody. */
export function countStrikes(strikes: readonly Strike[]): Map<FaultKind, number> {
  const counts = new Map<FaultKind, number>();
  for (const { kind, struck } of strikes) counts.set(kind, (counts.get(kind) ?? 0) + (struck > 0 ? 1 : 0));
  return counts;
}

export function countKills(strikes: readonly Strike[]): number {
  return strikes.filter(({ kind }) => kind === "kill workerd" || kind === "kill mariadbd").length;
}

/** Freezes that outlasted a lease while an attempt was open. */
export function countPauses(strikes: readonly Strike[], leaseMs: number): number {
  const isPause = ({ kind }: Strike) => kind === "pause workerd" || kind === "pause mariadbd";
  return strikes.filter((one) => isPause(one) && one.to - one.from > leaseMs && (one.open ?? 0) > 0).length;
}
