import type { AttemptOutcome, DeliveryResult } from "../domain/delivery-result.ts";
import type { SendOutcome } from "../domain/send-outcome.ts";
import type { Services } from "../services.ts";

/** One provider call that may be made, and what it means for its delivery. */
export type Call = {
  gatewayId: string;
  send: () => Promise<SendOutcome>;
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

/** Makes calls, six at once, and records what they come to. What cannot start in time is not started. */
export async function callAll(calls: Call[], running: Running): Promise<void> {
  const waiting = [...calls];
  const active = new Map<Call, Promise<void>>();
  const done: DeliveryResult[] = [];
  let recordAt = running.clock.now() + running.times.recordEvery;

  while (waiting.length > 0 || active.size > 0) {
    if (running.clock.now() >= running.deadline) {
      done.push(...waiting.splice(0).map((call) => call.resultOf({ kind: "not_started" })));
    }
    const isRecordDue = running.clock.now() >= recordAt;
    // A record is a request as well: when it is due, the next slot that gets free is its own.
    const slots = isRecordDue ? SLOTS - 1 : SLOTS;
    for (let call = takeNext(waiting, active, slots); call; call = takeNext(waiting, active, slots)) {
      const started = call;
      const finished = makeCall(started, running).then((result) => {
        active.delete(started);
        done.push(result);
      });
      active.set(started, finished);
    }
    if (active.size > 0) await nextOf(active, running, recordAt);
    if (running.clock.now() >= recordAt && active.size < SLOTS) {
      await recordSoFar(done, running);
      recordAt = running.clock.now() + running.times.recordEvery;
    }
  }
  await running.record(done);
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

async function makeCall(call: Call, { log }: Running): Promise<DeliveryResult> {
  try {
    return call.resultOf(await call.send());
  } catch (error) {
    // A bug in an adapter: the call may have been made, so it is treated like a lost answer.
    log.error("adapter_threw", error, { gateway_id: call.gatewayId });
    return call.resultOf({ kind: "ambiguous", code: "internal", reason: "The answer could not be understood." });
  }
}

/** Takes the first waiting call whose gateway may have another slot. */
function takeNext(waiting: Call[], active: Map<Call, Promise<void>>, slots: number): Call | undefined {
  if (active.size >= slots) return undefined;
  const gateways = new Set([...waiting, ...active.keys()].map((call) => call.gatewayId));
  const limit = gateways.size > 1 ? SLOTS_PER_GATEWAY : slots;
  const held = (gatewayId: string) => [...active.keys()].filter((call) => call.gatewayId === gatewayId).length;
  const index = waiting.findIndex((call) => held(call.gatewayId) < limit);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}

/** Waits until a call ends, or until it is time to record or to stop starting calls. */
async function nextOf(active: Map<Call, Promise<void>>, { clock, deadline }: Running, recordAt: number): Promise<void> {
  const now = clock.now();
  const ahead = [recordAt, deadline].filter((instant) => instant > now);
  if (ahead.length === 0) return Promise.race(active.values());
  const timer = clock.timer(Math.min(...ahead) - now);
  await Promise.race([...active.values(), timer.elapsed]);
  timer.cancel();
}
