import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { aCall, run, settle, someCalls, started } from "./call-kit.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a bug in what becomes of an answer is thrown, and nobody waits in vain", async () => {
  const broken = aCall("a");
  broken.call.resultOf = () => {
    throw new Error("a bug");
  };
  const done = expect(run([broken, aCall("a")]).done).rejects.toThrow("a bug");
  broken.finish();
  await done;
});

describe("results", () => {
  test("of quick calls are recorded together, once", async () => {
    const calls = someCalls(4, "a");
    const running = run(calls);
    for (const call of calls) call.finish();
    await settle();
    expect(running.records).toEqual([
      { atMs: 0, outcomes: Object.fromEntries(calls.map(({ id }) => [id, "accepted"])) },
    ]);
  });

  test("are recorded at least every 5 s while others are waited for", async () => {
    const [first, second, hanging] = [aCall("a"), aCall("a"), aCall("a")];
    const running = run([first, second, hanging]);
    first.finish();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(running.records).toEqual([{ atMs: 5_000, outcomes: { [first.id]: "accepted" } }]);
    await vi.advanceTimersByTimeAsync(1_000);
    second.finish();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(running.records[1]).toEqual({ atMs: 10_000, outcomes: { [second.id]: "accepted" } });
    hanging.finish();
    await settle();
    expect(running.records[2]).toEqual({ atMs: 10_000, outcomes: { [hanging.id]: "accepted" } });
  });

  test("that cannot be recorded are kept for the next time, and calls go on", async () => {
    const first = aCall("a");
    const calls = [first, ...someCalls(5, "a")];
    const running = run(calls);
    running.failures.push(new Error("no answer"));
    first.finish();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(running.records).toEqual([]);
    expect(running.log.lines).toMatchObject([{ event: "results_not_recorded_yet", fields: { results: 1 } }]);
    for (const call of calls) call.finish();
    await settle();
    expect(running.isDone).toBe(true);
    expect(running.records.map(({ outcomes }) => Object.keys(outcomes).toSorted())).toEqual([
      calls.map(({ id }) => id).toSorted(),
    ]);
  });

  test("wait for a free request: six that hang take all that the platform gives", async () => {
    const [quick, ...hanging] = someCalls(7, "a");
    const running = run([quick, ...hanging].filter((call) => call !== undefined));
    quick?.finish();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(running.records).toEqual([]);
    hanging[0]?.finish();
    await settle();
    expect(running.records).toMatchObject([{ atMs: 9_000 }]);
    expect(Object.keys(running.records[0]?.outcomes ?? {})).toHaveLength(2);
  });

  test("that cannot be recorded at the end fail the whole", async () => {
    const call = aCall("a");
    const running = run([call]);
    running.failures.push(new Error("no answer"));
    const failed = expect(running.done).rejects.toThrow("no answer");
    call.finish();
    await settle();
    await failed;
  });
});

describe("the deadline", () => {
  test("stops calls from starting; what runs is waited for", async () => {
    const calls = someCalls(5, "a");
    const running = run(calls, 7_000);
    await vi.advanceTimersByTimeAsync(7_000);
    calls[0]?.finish();
    await settle();
    expect(started(calls)).toHaveLength(3);
    expect(running.isDone).toBe(false);
    for (const call of calls) call.finish();
    await settle();
    expect(started(calls)).toHaveLength(3);
    expect(Object.assign({}, ...running.records.map(({ outcomes }) => outcomes))).toEqual(
      Object.fromEntries(calls.map(({ id }, index) => [id, index < 3 ? "accepted" : "not_started"])),
    );
  });

  test("lets a call start in the last ms before it", async () => {
    const calls = someCalls(4, "a");
    run(calls, 7_000);
    await vi.advanceTimersByTimeAsync(6_999);
    calls[0]?.finish();
    await settle();
    expect(started(calls)).toHaveLength(4);
  });

  test("that has passed lets nothing start", async () => {
    const calls = someCalls(2, "a");
    const running = run(calls, 0);
    await settle();
    expect(started(calls)).toEqual([]);
    expect(running.records).toEqual([
      { atMs: 0, outcomes: Object.fromEntries(calls.map(({ id }) => [id, "not_started"])) },
    ]);
  });

  test("gives back what did not start while calls still hang", async () => {
    const calls = someCalls(4, "a");
    const [first, last] = [calls[0]?.id ?? "", calls[3]?.id ?? ""];
    const running = run(calls, 7_000);
    await vi.advanceTimersByTimeAsync(12_000);
    calls[0]?.finish();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(running.records).toEqual([
      { atMs: 10_000, outcomes: { [last]: "not_started" } },
      { atMs: 15_000, outcomes: { [first]: "accepted" } },
    ]);
  });
});

describe("an adapter that throws", () => {
  test("leaves its call ambiguous, since it may have been made, and the others alone", async () => {
    const [bad, good] = [aCall("bad"), aCall("good")];
    const running = run([bad, good]);
    const error = new TypeError("x is undefined");
    bad.fail(error);
    good.finish();
    await settle();
    expect(running.records).toEqual([{ atMs: 0, outcomes: { [bad.id]: "ambiguous", [good.id]: "accepted" } }]);
    expect(running.log.lines).toEqual([{ event: "adapter_threw", error, fields: { gateway_id: "bad" } }]);
  });

  test("on the spot does the same", async () => {
    const bad = aCall("bad");
    bad.call.send = () => {
      throw new TypeError("x is undefined");
    };
    const running = run([bad]);
    await settle();
    expect(running.records).toEqual([{ atMs: 0, outcomes: { [bad.id]: "ambiguous" } }]);
  });
});
