import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";
import { aCall, run, settle, someCalls, started } from "./call-kit.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const because = { code: "20500", reason: "in words" };
const REFUSED: SendOutcome = { kind: "refused", ...because };
const SILENCE: SendOutcome = { kind: "ambiguous", ...because };

describe("calls of a gateway that fails every one", () => {
  test("end after five refusals; the rest is not started", async () => {
    const calls = someCalls(50, "a");
    for (const call of calls) call.finish(REFUSED);
    const running = run(calls);
    await settle();
    expect(started(calls)).toEqual([0, 1, 2, 3, 4]);
    expect(running.isDone).toBe(true);
    const outcomes = calls.map(({ id }) => running.records[0]?.outcomes[id]);
    expect(outcomes).toEqual(calls.map((_, index) => (index < 5 ? "refused" : "not_started")));
  });

  test("end after three that may have been sent, for each of them is held", async () => {
    const calls = someCalls(50, "a");
    for (const call of calls) call.finish(SILENCE);
    run(calls);
    await settle();
    expect(started(calls)).toEqual([0, 1, 2]);
  });

  test("end the same way after many good ones, with those that were under way", async () => {
    const calls = someCalls(50, "a");
    for (const call of calls.slice(0, 20)) call.finish();
    for (const call of calls.slice(20)) call.finish(REFUSED);
    run(calls);
    await settle();
    expect(started(calls).length).toBeLessThanOrEqual(20 + 6);
  });

  test("leave another gateway's calls alone", async () => {
    const [failing, good] = [someCalls(20, "failing"), someCalls(20, "good")];
    for (const call of failing) call.finish(REFUSED);
    for (const call of good) call.finish();
    run([...failing, ...good]);
    await settle();
    expect(started(failing)).toHaveLength(5);
    expect(started(good)).toHaveLength(20);
  });

  test("are told apart from calls that fail for their recipients' sake", async () => {
    const calls = someCalls(20, "a");
    for (const call of calls) call.finish({ kind: "rejected", ...because, otherGateway: false });
    run(calls);
    await settle();
    expect(started(calls)).toHaveLength(20);
  });
});

test("what is not started for a failing gateway waits until its health was reviewed", async () => {
  const calls = [...someCalls(5, "a"), aCall("a")];
  for (const call of calls) call.finish(REFUSED);
  const waits: unknown[] = [];
  const last = calls[5];
  const { resultOf } = last?.call ?? { resultOf: undefined };
  if (last && resultOf) {
    last.call.resultOf = (outcome) => {
      waits.push(outcome);
      return resultOf(outcome);
    };
  }
  run(calls);
  await settle();
  expect(waits).toEqual([{ kind: "not_started", waitMs: 1_000 }]);
});
