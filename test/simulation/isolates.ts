import { Outage } from "../../src/domain/outage.ts";
import type { Faults } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** One process of the Worker: it can end at any call, or stand still and go on later. */
export type Isolate = {
  name: string;
  alive: boolean;
  /** It stands still until then. */
  resumesAt: number;
  /** Its clock is wrong by this much, in ms; durations are right. */
  clockError: number;
  /** What is to be done when it ends. */
  mourners: (() => void)[];
};

export type Isolates = ReturnType<typeof createIsolates>;

/** A pause that outlasts a lease, in ms. */
const FROZEN_MS = [61_000, 240_000] as const;

/** How long a statement that its caller has given up may still be on its way, in ms. */
const LATE_MS = 20_000;

type Setting = { scheduler: Scheduler; random: Random; faults: Faults; trace: (line: string) => void };

/** Starts isolates, and carries out what they ask for at their ports. */
export function createIsolates({ scheduler, random, faults, trace }: Setting, count: number) {
  const all: Isolate[] = [];
  let started = 0;
  for (let index = 0; index < count; index++) all.push(start());

  function start(): Isolate {
    started += 1;
    const clockError = random.between(-600_000, 600_000);
    return { name: `i${started}`, alive: true, resumesAt: 0, clockError, mourners: [] };
  }

  /** Ends an isolate: nothing of it ever goes on. Another one takes its place. */
  function end(isolate: Isolate): void {
    if (!isolate.alive) return;
    trace(`${isolate.name} DIES`);
    isolate.alive = false;
    const fresh = start();
    all[all.indexOf(isolate)] = fresh;
    for (const mourn of isolate.mourners) mourn();
  }

  function freeze(isolate: Isolate, ms: number): void {
    trace(`${isolate.name} FREEZES for ${ms} ms`);
    isolate.resumesAt = Math.max(isolate.resumesAt, scheduler.now() + ms);
  }

  /** Lets something happen in an isolate: not while it stands still, and not after its end. */
  function within(isolate: Isolate, run: () => void): void {
    if (!isolate.alive) return;
    if (isolate.resumesAt > scheduler.now()) {
      scheduler.after(isolate.resumesAt - scheduler.now(), () => within(isolate, run));
      return;
    }
    run();
  }

  /**
   * One call at a port: `effect` happens at one instant on the other side, unless a fault prevents it.
   * `lost` says what the caller makes of an answer that does not come.
   */
  function ask<T>(isolate: Isolate, port: string, patienceMs: number, effect: () => T): Promise<T> {
    const fault = faults.next(port);
    const there = random.between(1, 12);
    const back = random.between(1, 12);
    if (fault !== "none") trace(`${isolate.name} ${port}: ${fault}`);
    return new Promise<T>((resolve, reject) => {
      const answer = (outcome: Outcome<T>) =>
        within(isolate, () => (outcome.ok ? resolve(outcome.value) : reject(outcome.error)));
      const act = () => {
        const outcome = outcomeOf(effect);
        trace(`${isolate.name} ${port}${outcome.ok ? "" : " is refused"}`);
        return outcome;
      };
      const lose = () => answer({ ok: false, error: new Outage(`No answer: ${port}.`) });
      switch (fault) {
        case "none":
          return scheduler.after(there, () => {
            const outcome = act();
            scheduler.after(back, () => answer(outcome));
          });
        case "slow":
          return scheduler.after(random.between(20, patienceMs - 20), () => {
            const outcome = act();
            scheduler.after(back, () => answer(outcome));
          });
        case "lost_before":
          return scheduler.after(there + back, lose);
        case "lost_after":
          return scheduler.after(there, () => {
            act();
            scheduler.after(random.chance(0.5) ? back : patienceMs - there, lose);
          });
        case "late":
          scheduler.after(patienceMs, lose);
          return scheduler.after(patienceMs + random.between(1, LATE_MS), act);
        case "die_before":
          return end(isolate);
        case "die_after":
          return scheduler.after(there, () => {
            act();
            end(isolate);
          });
        case "freeze_before": {
          const frozen = random.between(...FROZEN_MS);
          freeze(isolate, frozen);
          return scheduler.after(frozen + there, () => {
            const outcome = act();
            scheduler.after(back, () => answer(outcome));
          });
        }
        case "freeze_after":
          return scheduler.after(there, () => {
            const outcome = act();
            freeze(isolate, random.between(...FROZEN_MS));
            // When it goes on, the answer is there, and so is the end of its patience: either may win.
            scheduler.after(back, () => (random.chance(0.5) ? answer(outcome) : lose()));
          });
      }
    });
  }

  return { all, end, freeze, within, ask, pick: () => random.pick(all) };
}

type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown };

function outcomeOf<T>(work: () => T): Outcome<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}
