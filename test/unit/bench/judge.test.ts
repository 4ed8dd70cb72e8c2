import { expect, test } from "vitest";
import { figure, type Goal } from "../../../bench/figure.ts";
import { exitCode, judge } from "../../../bench/judge.ts";
import type { Noise } from "../../../bench/noise.ts";
import { table } from "../../../bench/report.ts";

const QUIET: Noise = { helloP99Ms: 3, foreign: 0.01, steal: 0, load: 0.5 };
const BUSY: Noise = { ...QUIET, helloP99Ms: 51 };

function measure(goal: Partial<Goal>, values: number[] | null, noise = QUIET) {
  const one = figure({
    number: 3,
    title: "accept",
    goals: { cpu: { what: "CPU", kind: "cpu", unit: "×", limit: { atMost: 1.5 }, ...goal } },
    measure: () => Promise.reject(new Error("Judged here, not measured.")),
  });
  return judge(one, { values: { cpu: values }, notes: [] }, noise);
}

test("a limit itself is met, on either side", () => {
  expect(measure({ limit: { atMost: 1.5 } }, [1.5]).met).toBe(true);
  expect(measure({ limit: { atMost: 1.5 } }, [1.51]).met).toBe(false);
  expect(measure({ limit: { atLeast: 0.5 } }, [0.5]).met).toBe(true);
  expect(measure({ limit: { atLeast: 0.5 } }, [0.49]).met).toBe(false);
});

test("the median of the rounds counts", () => {
  expect(measure({}, [1.4, 9, 1.4]).goals[0]).toMatchObject({ measured: 1.4, met: true });
});

test("what could not be measured is not met, and neither is what gave no number", () => {
  expect(measure({}, null)).toMatchObject({ met: false, noisy: false });
  expect(measure({}, [Number.NaN]).met).toBe(false);
  expect(measure({}, []).met).toBe(false);
});

test("a slow hello-world makes clocks too noisy to judge, and not CPU time or counts", () => {
  expect(measure({ kind: "wall" }, [1], BUSY).noisy).toBe(true);
  expect(measure({ kind: "wall" }, [1]).noisy).toBe(false);
  expect(measure({ kind: "cpu" }, [1], BUSY).noisy).toBe(false);
  expect(measure({ kind: "count" }, [1], BUSY).noisy).toBe(false);
});

test("others who use the machine make clocks too noisy to judge", () => {
  expect(measure({ kind: "wall" }, [1], { ...QUIET, foreign: 0.5 }).noisy).toBe(true);
  expect(measure({ kind: "wall" }, [1], { ...QUIET, steal: 0.5 }).noisy).toBe(true);
  expect(measure({ kind: "wall" }, [1], { ...QUIET, foreign: null, steal: null }).noisy).toBe(false);
});

test("rounds that lie far apart are too noisy to judge", () => {
  expect(measure({ kind: "cpu" }, [1, 2, 1, 2, 1.5], BUSY)).toMatchObject({
    noisy: true,
    notes: ["too noisy to judge CPU: the rounds lie too far apart"],
  });
  expect(measure({ kind: "count" }, [1, 2, 1, 2, 1.5]).noisy).toBe(false);
});

test("exit code: 0 all met, 1 one is missed for sure, 2 only noise stands between", () => {
  const met = measure({}, [1]);
  const missed = measure({}, [2]);
  const noisyMiss = measure({ kind: "wall" }, [2], BUSY);
  const noisyMet = measure({ kind: "wall" }, [1], BUSY);
  expect(exitCode([met])).toBe(0);
  expect(exitCode([met, missed])).toBe(1);
  expect(exitCode([noisyMiss, missed])).toBe(1);
  expect(exitCode([met, noisyMiss])).toBe(2);
  expect(exitCode([met, noisyMet])).toBe(2);
  expect(exitCode([measure({}, null)])).toBe(1);
});

test("the table says of noise that it is noise, and of a miss that it is one", () => {
  const text = table([measure({}, [2]), measure({ kind: "wall" }, [2], BUSY), measure({}, [1.234]), measure({}, null)]);
  const lines = text.split("\n").filter((line) => line.includes("accept: CPU"));
  expect(
    lines.map((line) =>
      line
        .split("|")
        .slice(-4, -1)
        .map((cell) => cell.trim()),
    ),
  ).toEqual([
    ["≤ 1.5 ×", "2 ×", "NO"],
    ["≤ 1.5 ×", "2 ×", "too noisy to judge"],
    ["≤ 1.5 ×", "1.23 ×", "yes"],
    ["≤ 1.5 ×", "–", "not measured here"],
  ]);
  expect(text).toContain("too noisy to judge CPU: a Worker that only answers took 51 ms at p99");
});
