import type { Services } from "../services.ts";

export type PurgeNeeds = Pick<Services, "purging" | "retention" | "log" | "clock" | "times">;

/** One kind of what is old. `next` takes one portion of it: how many rows it changed, and whether more may follow. */
export type PurgePart = { what: string; next: () => Promise<{ changed: number; isMore: boolean }> };

/** Rows that one statement reads or changes at most, so that it holds its locks for milliseconds. */
export const PORTION = 500;
