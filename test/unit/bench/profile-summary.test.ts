import { expect, test } from "vitest";
import type { CallFrame, CpuProfile } from "../../../bench/profile/inspector.ts";
import { summarize } from "../../../bench/profile/summary.ts";

const frame = (functionName: string): CallFrame => ({ functionName, url: "", lineNumber: 0, columnNumber: 0 });

const FILES: Record<string, string> = {
  accept: "src/usecases/accept.ts:3",
  insert: "src/db/updates.ts:9",
  format: "node_modules/@planetscale/database/dist/index.js:7",
};

/** 100 µs each: accept itself, insert called by it, format twice under insert, and a pause. */
const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame("(root)"), children: [2, 5] },
    { id: 2, callFrame: frame("accept"), children: [3] },
    { id: 3, callFrame: frame("insert"), children: [4] },
    { id: 4, callFrame: frame("format") },
    { id: 5, callFrame: frame("(idle)") },
  ],
  samples: [2, 3, 4, 5, 4],
  timeDeltas: [100, 100, 100, 600, 100],
};

const summary = summarize(PROFILE, ({ functionName }) => ({ file: FILES[functionName] ?? "", name: functionName }));

test("idling is no work", () => {
  expect(summary.busyMs).toBe(0.4);
  expect(summary.functions.map(({ name }) => name)).not.toContain("(idle)");
});

test("a function's own time comes first, and what it called is in its total", () => {
  expect(summary.functions).toEqual([
    { name: "format (node_modules/@planetscale/database/dist/index.js:7)", self: 0.5, total: 0.5 },
    { name: "accept (src/usecases/accept.ts:3)", self: 0.25, total: 1 },
    { name: "insert (src/db/updates.ts:9)", self: 0.25, total: 0.75 },
  ]);
});

test("time is added up by package and by folder of src", () => {
  expect(summary.packages).toEqual([
    { name: "@planetscale/database", self: 0.5, total: 0.5 },
    { name: "src/usecases", self: 0.25, total: 1 },
    { name: "src/db", self: 0.25, total: 0.75 },
  ]);
});
