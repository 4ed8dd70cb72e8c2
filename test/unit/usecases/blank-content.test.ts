import { expect, test, vi } from "vitest";
import type { ContentPortion } from "../../../src/db/blanking.ts";
import { Outage } from "../../../src/domain/outage.ts";
import { DEFAULT_RETENTION, idsBefore, type BlankingRound } from "../../../src/domain/retention.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { purge } from "../../../src/usecases/purge.ts";
import { fakeLog, hastyClock, nothingOld } from "./fakes.ts";

type Marks = Partial<Record<BlankingRound, string>>;

type Content = { id: string; state: "due" | "under way" | "blank" };

/** Deliveries of so many days ago, in the order of their ids, one each millisecond. */
function deliveriesOf(count: number, daysAgo: number, state: Content["state"] = "due"): Content[] {
  const now = hastyClock().now();
  return Array.from({ length: count }, (_, n) => ({ id: `${idsBefore("dlv", now + n, daysAgo)}-7`, state }));
}

/** Deliveries with their content, and marks. `read`: how many rows each statement looked at. */
function blankingOver(rows: Content[], marks: Marks = {}) {
  const read: number[] = [];
  const purging = {
    ...nothingOld(),
    mark: vi.fn(async (round: BlankingRound) => marks[round] ?? ""),
    moveMark: vi.fn(async (round: BlankingRound, reached: string) => void (marks[round] = reached)),
    readContent: vi.fn(async ({ after, before, limit }: ContentPortion) => {
      const found = rows.filter(({ id }) => id > after && id < before).slice(0, limit);
      read.push(found.length);
      return found.map(({ id, state }) => ({
        enterprise_id: "ent_a",
        delivery_id: id,
        due: Number(state === "due"),
      }));
    }),
    remove: vi.fn(async (_: string, due: Record<string, string | number>[]) => {
      const ids = new Set(due.map((row) => row["delivery_id"]));
      for (const row of rows) if (ids.has(row.id)) row.state = "blank";
      return due.length;
    }),
  };
  const world = { purging, retention: DEFAULT_RETENTION, log: fakeLog(), clock: hastyClock(), times: DEFAULT_TIMES };
  return { ...world, rows, marks, read };
}

const statesOf = (rows: Content[]) => new Set(rows.map(({ state }) => state));

test("blanks what has become old, and nothing that is young", async () => {
  const [old, young] = [deliveriesOf(1_200, 31), deliveriesOf(10, 29)];
  const world = blankingOver([...old, ...young]);

  const purged = await purge(world);

  expect([statesOf(old), statesOf(young)]).toEqual([new Set(["blank"]), new Set(["due"])]);
  expect(purged).toEqual({ data: 1_200 });
});

test("goes on from where the last run left off, however long ago that was", async () => {
  const [before, missed] = [deliveriesOf(1_000, 40), deliveriesOf(1_000, 35)];
  const world = blankingOver([...before, ...missed], { first: before.at(-1)?.id ?? "" });

  await purge(world);

  expect(statesOf(missed)).toEqual(new Set(["blank"]));
  expect(world.marks.first).toBe(missed.at(-1)?.id);
});

test("looks at a bounded number of deliveries by one statement, with content or without", async () => {
  const world = blankingOver(deliveriesOf(6_000, 35, "blank"));

  await purge(world);

  expect(world.read.toSorted((a, b) => b - a).slice(0, 2)).toEqual([5_000, 500]);
  expect(world.purging.remove).not.toHaveBeenCalled();
});

test("finds in another round what was under way when the first came by", async () => {
  const rows = deliveriesOf(3, 60, "under way");
  const world = blankingOver(rows);
  await purge(world);
  const passed = statesOf(rows);
  for (const row of rows) row.state = "due";

  await purge(world);
  await purge(world);

  expect([passed, statesOf(rows)]).toEqual([new Set(["under way"]), new Set(["blank"])]);
});

test("looks again at 5,000 deliveries in one run, goes on from there in the next, and then begins anew", async () => {
  const rows = deliveriesOf(5_100, 60, "blank");
  const world = blankingOver(rows, { first: rows.at(-1)?.id ?? "" });

  await purge(world);
  const after = world.marks.again;
  await purge(world);

  expect([after, world.marks.again]).toEqual([rows[4_999]?.id, ""]);
});

test("does not go past what could not be blanked", async () => {
  const world = blankingOver(deliveriesOf(600, 35));
  const error = new Outage("no answer");
  world.purging.remove.mockRejectedValueOnce(error);

  await purge(world);
  const { first } = world.marks;
  await purge(world);

  expect(first).toBeUndefined();
  expect(world.log.lines[0]).toEqual({ event: "purge_failed", error, fields: { part: "data" } });
  expect(statesOf(world.rows)).toEqual(new Set(["blank"]));
});
