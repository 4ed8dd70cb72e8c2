/** What must hold, whatever happens. */
export const INVARIANTS = {
  I1: "what was accepted is stored before anybody hears of it, and comes to rest",
  I2: "a repeat is the same update, and other content never is",
  I3: "one acceptance per delivery; more only where the enterprise or an operator chose to send again",
  I4: "every acceptance is logged, and every other outcome with its reason",
  I5: "nothing is said to be accepted that no provider has",
  I6: "states move forward only, and final ones stay",
  I7: "a later status is never followed by an older one of the same shipment and channel",
  I8: "every row is in exactly one state, and somebody is due to look at it until it rests",
  I9: "no call without a committed intent, none twice, and a bounded number in all",
  I10: "nothing gets stuck: whatever is asked is answered, and fresh updates arrive after the last fault",
  I11: "a message goes to its own enterprise, through its gateway's account, and to nobody who wants none",
  I12: "receipts that are forged, of strangers or of other enterprises change nothing",
  I13: "no phone number, address or text in logs, errors and bells",
  I14: "a gateway that hangs delays nobody else",
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** Something that must not have happened: which invariant it breaks, and what it was. */
export type Violation = { invariant: Invariant; what: string; at: number };

export type Violations = {
  found: Violation[];
  report: (invariant: Invariant, what: string) => void;
};

/** Keeps what is reported; of invariants that are not asked for, nothing. */
export function createViolations(now: () => number, only: ReadonlySet<Invariant> | null): Violations {
  const found: Violation[] = [];
  return {
    found,
    report: (invariant, what) => {
      if (only === null || only.has(invariant)) found.push({ invariant, what, at: now() });
    },
  };
}
