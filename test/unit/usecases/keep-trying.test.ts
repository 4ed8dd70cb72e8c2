import { describe, expect, test, vi } from "vitest";
import { Outage } from "../../../src/domain/outage.ts";
import { keepTrying } from "../../../src/usecases/keep-trying.ts";
import { hastyClock } from "./fakes.ts";

const outage = new Outage("no answer");

describe("work that may be repeated", () => {
  test("is done once when it succeeds", async () => {
    const clock = hastyClock();
    const work = vi.fn(async () => "done");
    expect(await keepTrying(work, clock)).toBe("done");
    expect(work).toHaveBeenCalledOnce();
    expect(clock.waits).toEqual([]);
  });

  test.each([
    [1, [500]],
    [2, [500, 2_000]],
  ])("is repeated after pauses while the database does not answer: %i times", async (failures, waits) => {
    const clock = hastyClock();
    const work = vi.fn(async () => "done");
    for (let i = 0; i < failures; i++) work.mockRejectedValueOnce(new Error("query failed", { cause: outage }));
    expect(await keepTrying(work, clock)).toBe("done");
    expect(clock.waits).toEqual(waits);
  });

  test("fails with the outage after three tries", async () => {
    const clock = hastyClock();
    const work = vi.fn(() => Promise.reject(outage));
    await expect(keepTrying(work, clock)).rejects.toBe(outage);
    expect(work).toHaveBeenCalledTimes(3);
    expect(clock.waits).toEqual([500, 2_000]);
  });

  test("fails at once when the database refuses it, at whichever try", async () => {
    const refusal = new Error("refused");
    const clock = hastyClock();
    const work = vi.fn(() => Promise.reject(refusal));
    await expect(keepTrying(work, clock)).rejects.toBe(refusal);
    expect(work).toHaveBeenCalledOnce();
    work.mockRejectedValueOnce(outage);
    await expect(keepTrying(work, clock)).rejects.toBe(refusal);
    expect(work).toHaveBeenCalledTimes(3);
  });
});
