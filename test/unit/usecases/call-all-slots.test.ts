import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { aCall, run, settle, someCalls, started } from "./call-kit.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("calls at once", () => {
  test("are three of one gateway until it has answered well, then six", async () => {
    const calls = someCalls(9, "a");
    run(calls);
    await settle();
    expect(started(calls)).toEqual([0, 1, 2]);
    calls[1]?.finish();
    await settle();
    expect(started(calls)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    calls[3]?.finish();
    await settle();
    expect(started(calls)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("are three for each of two gateways, in whatever order they come", async () => {
    const [a, b] = [someCalls(5, "a"), someCalls(5, "b")];
    run([...a, ...b]);
    await settle();
    expect([started(a), started(b)]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  test("are six among three gateways", async () => {
    const [a, b, c] = [someCalls(3, "a"), someCalls(2, "b"), someCalls(2, "c")];
    run([...a, ...b, ...c]);
    await settle();
    expect([...started(a), ...started(b), ...started(c)]).toHaveLength(6);
  });

  test("of a gateway that hangs delay nobody on another one", async () => {
    const [hanging, quick] = [someCalls(20, "hanging"), someCalls(12, "quick")];
    for (const call of quick) call.finish();
    run([...hanging, ...quick]);
    await settle();
    expect(started(quick)).toHaveLength(12);
  });

  test("are still three while the other gateway's last call goes on, and six after it", async () => {
    const [many, one] = [someCalls(8, "many"), aCall("one")];
    many[0]?.finish();
    run([...many, one]);
    await settle();
    expect(one.isStarted).toBe(true);
    expect(started(many)).toHaveLength(4);
    one.finish();
    await settle();
    expect(started(many)).toHaveLength(7);
  });

  test("end with the last one", async () => {
    const calls = someCalls(7, "a");
    const running = run(calls);
    for (const call of calls.slice(0, 6)) call.finish();
    await settle();
    expect(running.isDone).toBe(false);
    calls[6]?.finish();
    await settle();
    expect(running.isDone).toBe(true);
  });
});

test("no calls are done at once", async () => {
  const running = run([]);
  await settle();
  expect(running.isDone).toBe(true);
});
