import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { shapeOf } from "./shape.ts";

const FOLDER = join(import.meta.dirname, "../../../.cloud/statements");

/** The projects whose statements are recorded. */
export const RECORDED = ["worker", "stack"] as const;

export type Recorded = (typeof RECORDED)[number];

const seen = new Set<string>();

/**
 * Writes down which shape of statement a request to the database has, once for each process. The driver puts values
 * into the text; none of them is kept.
 */
export function record(project: Recorded, requestBody: string): void {
  const shape = shapeOf((JSON.parse(requestBody) as { query: string }).query);
  const file = join(FOLDER, `${project}-${process.pid}.txt`);
  if (seen.has(shape) && existsSync(file)) return;
  seen.add(shape);
  mkdirSync(FOLDER, { recursive: true });
  appendFileSync(file, `${shape}\n`);
}

/** A `fetch` that records what it is given to send to the database. */
export function recordingFetch(project: Recorded): typeof fetch {
  return async (input, init) => {
    record(project, await new Request(input, init).text());
    return fetch(input, init);
  };
}

/** Forgets what a project sent in an earlier run. */
export function forget(project: string): void {
  for (const file of filesOf(project)) rmSync(file);
}

/** The shapes that a project's last run sent, and when it sent the first of them; null if nothing is recorded. */
export function readRecording(project: Recorded): { shapes: string[]; at: Date } | null {
  const files = filesOf(project);
  if (files.length === 0) return null;
  const lines = files.flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"));
  const at = new Date(Math.min(...files.map((file) => statSync(file).birthtimeMs)));
  return { shapes: [...new Set(lines)].toSorted(), at };
}

function filesOf(project: string): string[] {
  if (!existsSync(FOLDER)) return [];
  const files = readdirSync(FOLDER).filter((file) => file.startsWith(`${project}-`));
  return files.map((file) => join(FOLDER, file));
}
