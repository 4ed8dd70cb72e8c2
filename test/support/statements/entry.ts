import type { Db } from "../../../src/db/client.ts";
import type { Stores } from "../../../src/stores.ts";
import type { Row } from "./sample.ts";

/** The statement that a method of a store sends, or the few that it sends. */
export type Entry = {
  /** Hot: once per update, per batch or per callback. Bounded: a sweep's, or asked by people; so much at a time. */
  heat: "hot" | "bounded";
  /** How often it is sent, or what bounds it. */
  when: string;
  call: (asked: { stores: Stores; db: Db; rows: Row[] }) => Promise<unknown>;
  /** With how many rows it is asked. */
  sizes: number[];
  /** By which key a table must be read, by the name that the statement calls it. */
  keys: Record<string, string>;
  /** Why it names no enterprise, so that every shard is asked. */
  scatters?: string;
  /** Why it may sort: what it sorts are rows that it has named, however large the table grows. */
  sorts?: string;
  /** Why it may walk along the key that it names: it ends after a page. */
  walks?: string;
};

type More = Partial<Pick<Entry, "sizes" | "keys" | "scatters" | "sorts" | "walks">>;

const entry =
  (heat: Entry["heat"], sizes: number[]) =>
  (when: string, call: Entry["call"], more: More = {}) =>
    ({ heat, when, call, sizes, keys: {}, ...more }) satisfies Entry;

/** Hot, over the rows of a batch. */
export const perBatch = entry("hot", [1, 50, 100]);
/** Hot, over the receipts of a callback. */
export const perCallback = entry("hot", [1, 50, 1_000]);
/** Hot, over the updates of an array; of more than 200 values a server judges by statistics, and does not look. */
export const perArray = entry("hot", [1, 50, 150]);
/** Hot, over what one update needs. */
export const perUpdate = entry("hot", [1]);
/** Bounded, over rows that were found before. */
export const overFound = entry("bounded", [1, 50, 100]);
/** Bounded, whatever is stored. */
export const once = entry("bounded", [1]);
