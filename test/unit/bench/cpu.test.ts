import { expect, test } from "vitest";
import { parseEndedChildren, parseMachineStat, parseStat } from "../../../bench/cpu.ts";

test("CPU time is utime and stime, whatever the program is called", () => {
  const after = "S 1 77 77 0 -1 4194560 1200 0 3 0 523 117 0 0 20 0 14 0 9876 1234567 8901";
  expect(parseStat(`77 (workerd) ${after}`)).toBe(6_400);
  expect(parseStat(`77 (a) b (c) ${after}`)).toBe(6_400);
});

test("CPU time of children that have ended is told apart", () => {
  const after = "S 1 77 77 0 -1 4194560 1200 0 3 0 523 117 40 2 20 0 14 0 9876 1234567 8901";
  expect(parseEndedChildren(`77 (a) b (c) ${after}`)).toBe(420);
});

test("waiting for disks is no work, and what the host took is told apart", () => {
  const stat = "cpu  100 20 30 700 50 5 15 80 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n";
  expect(parseMachineStat(stat)).toEqual({ busyMs: 1_700, stealMs: 800, totalMs: 10_000 });
});
