import { expect, test, vi } from "vitest";
import type { OldRow, OldRows } from "../../../src/db/purge.ts";
import { Outage } from "../../../src/domain/outage.ts";
import { DEFAULT_RETENTION, RETAINED, type Retained } from "../../../src/domain/retention.ts";
import { purge } from "../../../src/usecases/purge.ts";
import { fakeLog, hastyClock } from "./fakes.ts";

/** Tables with so many old rows. `asked`: how often each was asked for more. */
function purgingOver(old: Partial<Record<Retained, number>>) {
  const left = new Map(Object.entries(old));
  const asked: Retained[] = [];
  const purging = {
    findOld: vi.fn(async ({ what, limit }: OldRows): Promise<OldRow[]> => {
      asked.push(what);
      return Array.from({ length: Math.min(left.get(what) ?? 0, limit) }, (_, id) => ({ id }));
    }),
    remove: vi.fn(async (what: Retained, rows: OldRow[]) => {
      left.set(what, (left.get(what) ?? 0) - rows.length);
      return rows.length;
    }),
  };
  return { left, asked, purging, retention: DEFAULT_RETENTION, log: fakeLog(), clock: hastyClock() };
}

test("removes what is old in every table, in chunks, and tells how much it was", async () => {
  const world = purgingOver({ logs: 1_001, data: 3 });

  await purge(world);

  expect(Object.fromEntries(world.left)).toEqual({ logs: 0, data: 0 });
  expect(new Set(world.asked)).toEqual(new Set(RETAINED));
  expect(world.purging.remove.mock.calls.map(([what, rows]) => [what, rows.length])).toEqual([
    ["logs", 500],
    ["logs", 500],
    ["logs", 1],
    ["data", 3],
  ]);
  expect(world.log.lines).toEqual([{ event: "purged", fields: { logs: 1_001, data: 3 } }]);
});

test("is bounded, however much there is", async () => {
  const world = purgingOver({ receipts: 1_000_000 });

  await purge(world);

  expect(world.purging.remove).toHaveBeenCalledTimes(20);
  expect(world.left.get("receipts")).toBe(990_000);
});

test("asks once for each table when nothing is old, and logs nothing", async () => {
  const world = purgingOver({});

  await purge(world);

  expect(world.asked).toEqual(RETAINED);
  expect(world.purging.remove).not.toHaveBeenCalled();
  expect(world.log.lines).toEqual([]);
});

test("goes on with the others when one table fails", async () => {
  const world = purgingOver({ attempts: 1, inbound: 1 });
  const error = new Outage("no answer");
  world.purging.remove.mockRejectedValueOnce(error);

  await purge(world);

  expect(world.log.lines).toEqual([
    { event: "purge_failed", error, fields: { part: "attempts" } },
    { event: "purged", fields: { inbound: 1 } },
  ]);
});
