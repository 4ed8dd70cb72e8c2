import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClock } from "../../../src/clock.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { createEndings } from "../../../src/usecases/call-endings.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { callTimeout } = DEFAULT_TIMES;
const make = () => createEndings({ clock: createClock(), times: DEFAULT_TIMES });

test("calls that start together end together, and are aborted", async () => {
  const endings = make();
  const [first, second] = [endings.next(), endings.next()];

  expect(second).toBe(first);
  await vi.advanceTimersByTimeAsync(callTimeout);
  expect(await first.reached).toBeNull();
  expect(first.signal.aborted).toBe(true);
});

test("no call lasts longer than a call may, nor is it cut short by more than a hundredth", async () => {
  const endings = make();
  const first = endings.next();
  await vi.advanceTimersByTimeAsync(callTimeout / 100 + 1);
  const later = endings.next();

  await vi.advanceTimersByTimeAsync(callTimeout - 1);
  expect([first.signal.aborted, later.signal.aborted]).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect(later.signal.aborted).toBe(true);
});

test("no timer stays when the calls are over, and nothing is aborted then", async () => {
  const endings = make();
  const { signal } = endings.next();

  endings.cancel();

  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(callTimeout);
  expect(signal.aborted).toBe(false);
});
