import type { Figure, Goal, Measured } from "./figure.ts";
import { whyNoisy, type Noise } from "./noise.ts";
import { median, spread } from "./statistics.ts";

/** Rounds that lie further apart than this, as a share of their median, tell nothing. */
const MOST_SPREAD: Record<Goal["kind"], number> = { count: Infinity, cpu: 0.25, wall: 0.4 };

/** One goal of one figure, as it stands in the table and in the JSON. */
export type Verdict = {
  what: string;
  goal: string;
  unit: string;
  /** The median of the rounds; null where this machine cannot measure it. */
  measured: number | null;
  rounds: number[];
  met: boolean;
  noisy: boolean;
};

export type FigureVerdict = {
  number: number;
  title: string;
  met: boolean;
  noisy: boolean;
  goals: Verdict[];
  notes: string[];
  noise: Noise;
};

export function judge(figure: Figure, measured: Measured, noise: Noise): FigureVerdict {
  const clocks = whyNoisy(noise).join("; ");
  const goals = Object.entries(figure.goals).map(([name, goal]) =>
    judgeGoal(goal, measured.values[name] ?? null, clocks),
  );
  const byReason = Map.groupBy(
    goals.filter(({ noise: why }) => why !== null),
    ({ noise: why }) => why,
  );
  const doubts = [...byReason].map(
    ([why, noisy]) => `too noisy to judge ${noisy.map(({ what }) => what).join(" and ")}: ${why}`,
  );
  return {
    number: figure.number,
    title: figure.title,
    met: goals.every(({ met }) => met),
    noisy: doubts.length > 0,
    goals: goals.map(({ noise: why, ...verdict }) => ({ ...verdict, noisy: why !== null })),
    notes: [...measured.notes, ...doubts],
    noise,
  };
}

/** `clocks`: why a clock tells nothing now; empty when it does. */
function judgeGoal(
  { what, kind, unit, limit }: Goal,
  values: number[] | null,
  clocks: string,
): Omit<Verdict, "noisy"> & { noise: string | null } {
  const measured = values === null ? null : median(values);
  const isMet = (value: number) => ("atMost" in limit ? value <= limit.atMost : value >= limit.atLeast);
  const isSpread = values !== null && spread(values) > MOST_SPREAD[kind];
  const noise = kind === "wall" && clocks !== "" ? clocks : isSpread ? "the rounds lie too far apart" : null;
  return {
    what,
    goal: "atMost" in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`,
    unit,
    measured,
    rounds: values ?? [],
    // NaN, the median of no rounds, meets nothing.
    met: measured !== null && isMet(measured),
    noise: values === null ? null : noise,
  };
}

/** 1 when a goal is missed and the machine was quiet enough to say so, 2 when it was not quiet enough, 0 when all are met. */
export function exitCode(figures: readonly FigureVerdict[]): 0 | 1 | 2 {
  const goals = figures.flatMap((figure) => figure.goals);
  if (goals.some(({ met, noisy }) => !met && !noisy)) return 1;
  return goals.some(({ noisy }) => noisy) ? 2 : 0;
}
