/** Every kind of fault, by the group that `--only` names. Those of `bells` are always there, in the queues. */
export const FAULT_GROUPS = {
  kill: ["kill workerd", "kill mariadbd"],
  pause: ["pause workerd", "pause mariadbd"],
  network: ["latency", "reset after n bytes", "black hole", "slow drip", "refused connection"],
  refused: ["429", "503 with body"],
  ambiguous: ["500", "accept then drop", "hang", "garbage", "late answer", "reset"],
  callbacks: ["callback dropped", "callback duplicated", "callback late"],
  lookups: ["look-up lag", "look-up fails"],
  bells: ["bell dropped", "bell doubled", "bell late"],
} as const;

export type FaultGroup = keyof typeof FAULT_GROUPS;
export type FaultKind = (typeof FAULT_GROUPS)[FaultGroup][number];

export const GROUP_NAMES = Object.keys(FAULT_GROUPS) as FaultGroup[];
