import type { ArmedFault, Fault, Operation } from "./fault.ts";
import type { Provider } from "./options.ts";

/** Whom a request or callback is about. */
export type Subject = { to: readonly string[]; from: readonly string[] };

/** What happens to one callback: posted `copies` times, `delayMs` late. */
export type CallbackFate = { copies: number; delayMs: number };

/** The armed faults, first armed first. */
export type FaultBook = {
  arm: (fault: Fault) => ArmedFault;
  list: () => ArmedFault[];
  /** Removes one, or all. */
  clear: (id?: string) => void;
  /** The fault that strikes this API request, if any; it has struck once then. */
  strike: (provider: Provider, operation: Operation, subject: Subject) => ArmedFault | null;
  fate: (provider: Provider, subject: Subject) => CallbackFate;
  /** How long after its acceptance a message is hidden from look-ups, ms. */
  lookupLagMs: (provider: Provider, operation: Operation, subject: Subject) => number;
  door: (provider: Provider) => "open" | "closed" | "destroying";
  /** A connection was destroyed by a counted `refuse`. */
  refused: (provider: Provider) => void;
};

export function createFaultBook(): FaultBook {
  let armed: ArmedFault[] = [];
  let number = 0;

  const spend = (fault: ArmedFault) => {
    if (fault.times === undefined) return;
    fault.times -= 1;
    if (fault.times === 0) armed = armed.filter((other) => other !== fault);
  };
  const find = (provider: Provider, test: (fault: ArmedFault) => boolean) =>
    armed.find((fault) => fault.provider === provider && test(fault)) ?? null;
  const strikes = (fault: ArmedFault, operation: Operation, subject: Subject) =>
    (fault.operation === undefined || fault.operation === operation) && fits(fault, subject);

  return {
    arm: (fault) => {
      number += 1;
      const entry = { ...fault, id: `f${number}` };
      armed.push(entry);
      return { ...entry };
    },
    list: () => armed.map((fault) => ({ ...fault })),
    clear: (id) => {
      armed = id === undefined ? [] : armed.filter((fault) => fault.id !== id);
    },
    strike: (provider, operation, subject) => {
      const fault = find(
        provider,
        (one) => one.kind !== "lookup_lag" && one.kind !== "refuse" && strikes(one, operation, subject),
      );
      if (fault !== null) spend(fault);
      return fault;
    },
    fate: (provider, subject) => {
      const fault = find(provider, (one) => one.operation === "callback" && fits(one, subject));
      if (fault === null) return { copies: 1, delayMs: 0 };
      spend(fault);
      return { copies: copiesOf(fault), delayMs: fault.delayMs ?? 0 };
    },
    lookupLagMs: (provider, operation, subject) =>
      find(provider, (one) => one.kind === "lookup_lag" && strikes(one, operation, subject))?.delayMs ?? 0,
    door: (provider) => {
      const fault = find(provider, (one) => one.kind === "refuse");
      if (fault === null) return "open";
      return fault.times === undefined ? "closed" : "destroying";
    },
    refused: (provider) => {
      const fault = find(provider, (one) => one.kind === "refuse");
      if (fault !== null) spend(fault);
    },
  };
}

function copiesOf(fault: Fault): number {
  if (fault.kind === "drop") return 0;
  return fault.kind === "duplicate" ? 2 : 1;
}

function fits(fault: Fault, subject: Subject): boolean {
  const { to, from } = fault.match ?? {};
  return (to === undefined || subject.to.includes(to)) && (from === undefined || subject.from.includes(from));
}
