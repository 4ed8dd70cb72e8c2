import { vi } from "vitest";
import { createClock } from "../../../src/clock.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import type { DeliveryResult } from "../../../src/domain/delivery-result.ts";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";
import { callAll, type Call } from "../../../src/usecases/call-all.ts";
import { aDueDelivery, newId } from "../domain/builders.ts";
import { fakeLog } from "./fakes.ts";

export const ACCEPTED: SendOutcome = { kind: "accepted", providerId: "SM1" };

/** A call that ends when the test says so. */
export function aCall(gatewayId: string) {
  const answer = Promise.withResolvers<SendOutcome>();
  const attempt = { attemptId: newId("att"), gatewayId, gateway: gatewayId };
  const probe = {
    id: attempt.attemptId,
    isStarted: false,
    finish: (outcome: SendOutcome = ACCEPTED) => answer.resolve(outcome),
    fail: (error: Error) => answer.reject(error),
    call: {
      gatewayId,
      send: () => {
        probe.isStarted = true;
        return answer.promise;
      },
      resultOf: (outcome) => ({
        delivery: aDueDelivery(),
        attempt: { ...attempt, outcome },
        step: { state: "given_back", delayMs: 0 },
      }),
    } satisfies Call,
  };
  return probe;
}

export function someCalls(count: number, gatewayId: string): ReturnType<typeof aCall>[] {
  return Array.from({ length: count }, () => aCall(gatewayId));
}

/** Which of these calls have been made, by their places. */
export function started(calls: ReturnType<typeof aCall>[]): number[] {
  return calls.flatMap((call, index) => (call.isStarted ? [index] : []));
}

/** Lets everything happen that does not wait for the clock. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** Starts calls under fake timers. `records`: what was recorded, and how many ms after the start. */
export function run(calls: ReturnType<typeof aCall>[], deadlineMs = 50_000) {
  const startedAt = Date.now();
  const state = {
    isDone: false,
    log: fakeLog(),
    failures: [] as Error[],
    records: [] as { atMs: number; outcomes: Record<string, string> }[],
    done: Promise.resolve(),
  };
  const record = async (results: DeliveryResult[]) => {
    const failure = state.failures.shift();
    if (failure) throw failure;
    const outcomes = results.map(({ attempt }) => [attempt?.attemptId, attempt?.outcome.kind]);
    if (results.length > 0)
      state.records.push({ atMs: Date.now() - startedAt, outcomes: Object.fromEntries(outcomes) });
  };
  const clock = createClock();
  state.done = callAll(
    calls.map(({ call }) => call),
    { clock, times: DEFAULT_TIMES, log: state.log, deadline: startedAt + deadlineMs, record },
  ).then(() => {
    state.isDone = true;
  });
  return state;
}
