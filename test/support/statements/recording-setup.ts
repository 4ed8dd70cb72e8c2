import type { TestProject } from "vitest/node";
import { forget } from "./recording.ts";

/** Each run of a project records anew. */
export function setup(project: TestProject): void {
  forget(project.name);
}
