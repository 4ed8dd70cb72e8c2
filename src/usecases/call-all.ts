import type { CallEnding } from "../domain/call-ending.ts";
import { afterCall, callsAtOnce, NO_CALLS, nothingGetsThrough, type CallStreak } from "../domain/call-streak.ts";
import type { AttemptOutcome, DeliveryResult } from "../domain/delivery-result.ts";
import type { SendOutcome } from "../domain/send-outcome.ts";
import type { Services } from "../services.ts";
import { createEndings } from "./call-endings.ts";

/** One provider call that may be made, and what it means for its delivery. */
export type Call = {
  gatewayId: string;
  send: (ending: CallEnding) => Promise<SendOutcome>;
  resultOf: (outcome: AttemptOutcome) => DeliveryResult;
};

/** The platform lets six requests wait for their answers at once; a seventh would queue unseen. */
const SLOTS = 6;

/** The slots that one gateway may hold while another has work, so that one that hangs delays nobody else. */
const SLOTS_PER_GATEWAY = 3;

type Running = Pick<Services, "clock" | "log" | "times"> & {
  /** No call starts after this instant, ms on the services' clock. */
  deadline: number;
  record: (results: DeliveryResult[]) => Promise<void>;
};

/** What the calls of each gateway came to, by its id. */
export type Streaks = Map<string, CallStreak>;

/**
 * Makes calls, six at once, and records what they come to. What cannot start in time is not started, and
 * neither is what a gateway was to carry whose calls all fail.
 */
export async function callAll(calls: Call[], running: Running): Promise<Streaks> {
  const waiting = [...calls];
  const active = new Set<Call>();
  const streaks: Streaks = new Map(calls.map((call) => [call.gatewayId, NO_CALLS]));
  const done: DeliveryResult[] = [];
  const waiter = createWaiter(running);
  const endings = createEndings(running);
  let recordAt = running.clock.now() + running.times.recordEvery;

  while (waiting.length > 0 || active.size > 0) {
    if (running.clock.now() >= running.deadline) {
      done.push(...waiting.splice(0).map((call) => call.resultOf({ kind: "not_started" })));
    }
    // By the time that these come again, the health of the gateway has been reviewed.
    const inVain = takeVain(waiting, streaks);
    done.push(...inVain.map((call) => call.resultOf({ kind: "not_started", waitMs: running.times.retryShortest })));
    const isRecordDue = running.clock.now() >= recordAt;
    // A record is a request as well: when it is due, the next slot that gets free is its own.
    const slots = isRecordDue ? SLOTS - 1 : SLOTS;
    const next = () => takeNext(waiting, active, slots, streaks);
    for (let call = next(); call; call = next()) {
      const started = call;
      active.add(started);
      const settle = (outcome: SendOutcome) => {
        active.delete(started);
        streaks.set(started.gatewayId, afterCall(streakOf(streaks, started), outcome));
        done.push(started.resultOf(outcome));
      };
      makeCall(started, endings.next(), running).then(settle).then(waiter.wake, waiter.fail);
    }
    if (active.size > 0) await waiter.until([recordAt, running.deadline]);
    if (running.clock.now() >= recordAt && active.size < SLOTS) {
      await recordSoFar(done, running);
      recordAt = running.clock.now() + running.times.recordEvery;
    }
  }
  waiter.cancel();
  endings.cancel();
  await running.record(done);
  return streaks;
}

/** What cannot be recorded now is kept and recorded with what comes next; calls in flight are not abandoned. */
async function recordSoFar(done: DeliveryResult[], { record, log }: Running): Promise<void> {
  const results = done.splice(0);
  try {
    await record(results);
  } catch (error) {
    log.error("results_not_recorded_yet", error, { results: results.length });
    done.unshift(...results);
  }
}

async function makeCall(call: Call, ending: CallEnding, { log }: Running): Promise<SendOutcome> {
  try {
    return await call.send(ending);
  } catch (error) {
    // A bug in an adapter: the call may have been made, so it is treated like a lost answer.
    log.error("adapter_threw", error, { gateway_id: call.gatewayId });
    return { kind: "ambiguous", code: "internal", reason: "The answer could not be understood." };
  }
}

function streakOf(streaks: Streaks, { gatewayId }: Call): CallStreak {
  return streaks.get(gatewayId) ?? NO_CALLS;
}

/** Takes the waiting calls of gateways through which nothing gets. */
function takeVain(waiting: Call[], streaks: Streaks): Call[] {
  if (![...streaks.values()].some(nothingGetsThrough)) return [];
  const inVain = waiting.filter((call) => nothingGetsThrough(streakOf(streaks, call)));
  waiting.splice(0, waiting.length, ...waiting.filter((call) => !inVain.includes(call)));
  return inVain;
}

/** Takes the first waiting call whose gateway may have another slot. */
function takeNext(waiting: Call[], active: Set<Call>, slots: number, streaks: Streaks): Call | undefined {
  if (active.size >= slots) return undefined;
  const running = [...active];
  const [any = waiting[0]] = running;
  const isOther = (call: Call) => call.gatewayId !== any?.gatewayId;
  const limit = running.some(isOther) || waiting.some(isOther) ? SLOTS_PER_GATEWAY : slots;
  const held = (gatewayId: string) => running.filter((call) => call.gatewayId === gatewayId).length;
  const mayStart = (call: Call) => held(call.gatewayId) < Math.min(limit, callsAtOnce(streakOf(streaks, call)));
  const index = waiting.findIndex(mayStart);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}

/**
 * Waits for what comes next, a call that has ended or an instant, by one promise and one timer for as long as the
 * instant stays the same: a race over all calls for each of them would cost more than the wait.
 */
function createWaiter({ clock }: Running) {
  let next = Promise.withResolvers<void>();
  let set: { at: number; cancel: () => void } | null = null;
  const wake = () => next.resolve();
  const setTo = (at: number) => {
    set?.cancel();
    const timer = clock.timer(at - clock.now());
    void timer.elapsed.then(wake);
    set = { at, cancel: timer.cancel };
  };
  return {
    wake,
    fail: (error: unknown) => next.reject(error),
    cancel: () => set?.cancel(),
    /** Ends when it is woken, or at the first of these instants that is still to come; throws what it was failed with. */
    until: async (instants: number[]): Promise<void> => {
      const at = Math.min(...instants.filter((instant) => instant > clock.now()));
      if (at !== Number.POSITIVE_INFINITY && set?.at !== at) setTo(at);
      await next.promise;
      next = Promise.withResolvers<void>();
    },
  };
}
