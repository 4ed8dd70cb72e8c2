import { describe, expect, test, vi } from "vitest";
import type { OldRow, OldRows } from "../../../src/db/purge.ts";
import { Outage } from "../../../src/domain/outage.ts";
import { DEFAULT_RETENTION, REMOVED, type Removed, type Retained } from "../../../src/domain/retention.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { purge } from "../../../src/usecases/purge.ts";
import { fakeLog, hastyClock, nothingOld } from "./fakes.ts";

/** How long each removal takes, in ms. */
const REMOVAL_MS = 20;

/** Tables with so many old rows. `asked`: how often each was asked for more. */
function purgingOver(old: Partial<Record<Removed, number>>) {
  const left = new Map(Object.entries(old));
  const asked: Removed[] = [];
  const clock = hastyClock();
  const purging = {
    ...nothingOld(),
    findOld: vi.fn(async ({ what, limit }: OldRows): Promise<OldRow[]> => {
      asked.push(what);
      return Array.from({ length: Math.min(left.get(what) ?? 0, limit) }, (_, id) => ({ id }));
    }),
    remove: vi.fn(async (what: Retained, rows: OldRow[]) => {
      clock.timer(REMOVAL_MS);
      left.set(what, (left.get(what) ?? 0) - rows.length);
      return rows.length;
    }),
  };
  return { left, asked, purging, retention: DEFAULT_RETENTION, log: fakeLog(), clock, times: DEFAULT_TIMES };
}

describe("old rows", () => {
  test("go in portions, those of each table in turn, and it is told how many there were", async () => {
    const world = purgingOver({ logs: 1_001, receipts: 600 });

    const purged = await purge(world);

    expect(Object.fromEntries(world.left)).toEqual({ logs: 0, receipts: 0 });
    expect(world.purging.remove.mock.calls.map(([what, rows]) => [what, rows.length])).toEqual([
      ["logs", 500],
      ["receipts", 500],
      ["logs", 500],
      ["receipts", 100],
      ["logs", 1],
    ]);
    expect(purged).toEqual({ logs: 1_001, receipts: 600 });
  });

  test("go for as long as the run has time, however many there are, and no portion is begun after it", async () => {
    const world = purgingOver({ receipts: 1e9, logs: 1e9 });
    const startedAt = world.clock.now();
    const begun: number[] = [];
    const find = world.purging.findOld.getMockImplementation();
    world.purging.findOld.mockImplementation(async (wanted) => {
      begun.push(world.clock.now() - startedAt);
      return (await find?.(wanted)) ?? [];
    });

    await purge(world);

    expect(Math.max(...begun)).toBeLessThan(DEFAULT_TIMES.purge);
    expect(Math.max(...begun)).toBeGreaterThan(DEFAULT_TIMES.purge - 2 * REMOVAL_MS);
  });

  test("leave the database a fifth of the time", async () => {
    const world = purgingOver({ receipts: 5_000 });

    await purge(world);

    const rests = world.clock.waits.filter((ms) => ms !== REMOVAL_MS);
    expect(new Set(rests)).toEqual(new Set([REMOVAL_MS / 4]));
    expect(rests).toHaveLength(10);
  });

  test("that are none are asked for once in each table, and nothing is told", async () => {
    const world = purgingOver({});

    const purged = await purge(world);

    expect(world.asked).toEqual(REMOVED);
    expect(world.purging.remove).not.toHaveBeenCalled();
    expect(world.purging.moveMark).not.toHaveBeenCalled();
    expect(purged).toEqual({});
    expect(world.log.lines).toEqual([]);
  });

  test("of one table do not wait for another that fails, and that one is left alone until the next run", async () => {
    const world = purgingOver({ attempts: 1_000, inbound: 1_000 });
    const error = new Outage("no answer");
    world.purging.remove.mockRejectedValueOnce(error);

    const purged = await purge(world);

    expect(Object.fromEntries(world.left)).toEqual({ attempts: 1_000, inbound: 0 });
    expect(purged).toEqual({ inbound: 1_000 });
    expect(world.log.lines).toEqual([{ event: "purge_failed", error, fields: { part: "attempts" } }]);
  });
});
