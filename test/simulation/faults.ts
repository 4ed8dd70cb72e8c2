import type { Random } from "./random.ts";

/**
 * What befalls one call at a port.
 *
 * - `lost_before`: it never arrives, and the caller is told so by an error.
 * - `lost_after`: it takes effect, but its answer is lost.
 * - `late`: the caller gives up, and only then it takes effect.
 * - `slow`: it takes seconds, but within the caller's patience.
 * - `die_before`, `die_after`: the isolate that calls ends for good, before the call leaves or after its effect.
 * - `freeze_before`, `freeze_after`: it stands still for longer than a lease, then goes on as if nothing had been.
 */
export type Fault =
  | "none"
  | "lost_before"
  | "lost_after"
  | "late"
  | "slow"
  | "die_before"
  | "die_after"
  | "freeze_before"
  | "freeze_after";

/** Decides about each call at a port, by its name. */
export type Faults = { next: (port: string) => Fault };

/** How often each fault comes, per call, and how unkind everything else is. */
export type Weather = {
  rates: [fault: Fault, probability: number][];
  /** The share of bells that get lost, and that come twice. */
  bellsDropped: number;
  bellsDoubled: number;
  /** The share of provider calls that are not simply accepted. */
  trouble: number;
  /** The share of acceptances of which the provider never tells. */
  receiptsLost: number;
  /** Whether a provider that cannot be asked tells nothing either: its event webhook is not set up. */
  eventsOff: boolean;
};

/** Every seed has weather of its own: calm in most ways and bad in some, so that each fault is seen alone as well. */
export function drawWeather(random: Random): Weather {
  const sometimes = (most: number) => (random.chance(0.5) ? 0 : random.next() * most);
  return {
    rates: [
      ["lost_before", sometimes(0.05)],
      ["lost_after", sometimes(0.08)],
      ["late", sometimes(0.03)],
      ["slow", sometimes(0.1)],
      ["die_before", sometimes(0.015)],
      ["die_after", sometimes(0.02)],
      ["freeze_before", sometimes(0.004)],
      ["freeze_after", sometimes(0.008)],
    ],
    bellsDropped: sometimes(0.4),
    bellsDoubled: sometimes(0.15),
    trouble: sometimes(0.6),
    receiptsLost: sometimes(0.3),
    eventsOff: random.chance(0.15),
  };
}

export const FAIR_WEATHER: Weather = {
  rates: [],
  bellsDropped: 0,
  bellsDoubled: 0,
  trouble: 0,
  receiptsLost: 0,
  eventsOff: false,
};

/** Faults at random, until the weather clears. */
export function randomFaults({ rates }: Weather, random: Random, isOver: () => boolean): Faults {
  return {
    next: () => {
      if (isOver()) return "none";
      let point = random.next();
      for (const [fault, probability] of rates) {
        if (point < probability) return fault;
        point -= probability;
      }
      return "none";
    },
  };
}

/** One fault at the call number `at`, counted from 1 over all ports; `calls` tells how many there were. */
export function faultAt(at: number, fault: Fault): Faults & { calls: () => number; struck: () => string } {
  let calls = 0;
  let struck = "";
  return {
    calls: () => calls,
    struck: () => struck,
    next: (port) => {
      calls += 1;
      if (calls !== at) return "none";
      struck = port;
      return fault;
    },
  };
}
