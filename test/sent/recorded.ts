import type { TestProject } from "vitest/node";
import { RECORDED, readRecording } from "../support/statements/recording.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What failures say about where the statements come from; empty where they are those of this very run. */
    recordedBefore: string;
  }
}

/** Says so where the statements that are judged are not those of this run. */
export function setup(project: TestProject): void {
  const running = new Set(project.vitest.projects.map(({ name }) => name));
  const earlier = RECORDED.filter((name) => !running.has(name));
  const told = earlier.map((name) => {
    const recording = readRecording(name);
    return recording
      ? `those of ${name} were recorded ${recording.at.toISOString().slice(0, 16).replace("T", " ")} UTC`
      : `there are none of ${name}`;
  });
  const recordedBefore =
    earlier.length === 0
      ? ""
      : `The project sent runs without ${earlier.join(" and ")}, so it judges statements of an earlier run: ` +
        `${told.join("; ")}. To record anew: npm test, or npx vitest run --project worker --project stack --project sent`;
  project.provide("recordedBefore", recordedBefore);
  if (recordedBefore !== "") console.warn(`\n${recordedBefore}\n`);
}
