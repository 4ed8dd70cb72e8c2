import { expect, test, vi } from "vitest";
import type { SilentDelivery } from "../../../src/db/silent.ts";
import { LANES } from "../../../src/domain/lane.ts";
import { Outage } from "../../../src/domain/outage.ts";
import { FIRST_SIZE, newWindows, type RingWindows } from "../../../src/domain/ring-window.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import type { Services } from "../../../src/services.ts";
import { ringSilent } from "../../../src/usecases/ring-silent.ts";
import { newId } from "../domain/builders.ts";
import { fakeBells, fakeLog, hastyClock } from "./fakes.ts";

const silentRows = (count: number): SilentDelivery[] =>
  Array.from({ length: count }, () => ({ lane: "sms", enterpriseId: newId("ent"), deliveryId: newId("dlv") }));

/** Rows that are silent, by lane and limit as asked for; `unheard`: those that nobody has claimed when they are looked at. */
function ringingOver(silent: SilentDelivery[]) {
  const waiting = [...silent];
  const unheard = new Set<string>();
  const statements: string[] = [];
  const sweeping: Services["sweeping"] = {
    findSilent: vi.fn(async (lanes: { lane: string; limit: number }[]) =>
      waiting.splice(0, lanes.find(({ lane }) => lane === "sms")?.limit ?? 0),
    ),
    findUnheard: vi.fn(async (rows: { deliveryId: string }[]) => {
      statements.push(`look at ${rows.length}`);
      return rows.map(({ deliveryId }) => deliveryId).filter((id) => unheard.has(id));
    }),
    moveRingOn: vi.fn(async (rows: SilentDelivery[]) => void statements.push(`move ${rows.length}`)),
    findExpiredLeases: async () => [],
  };
  const bells = fakeBells();
  const idsRung = () => bells.rung.flatMap(({ deliveryIds }) => deliveryIds);
  return { unheard, statements, sweeping, bells, idsRung, log: fakeLog(), clock: hastyClock(), times: DEFAULT_TIMES };
}

test("rings for what is due and silent, as rung for before, once its next bell was put off", async () => {
  const silent = silentRows(2);
  const world = ringingOver(silent);
  vi.spyOn(world.bells, "ring").mockImplementation(async (bells) => {
    world.statements.push(`ring ${bells.length}`);
    world.bells.rung.push(...bells);
  });
  const { rung } = await ringSilent(world, newWindows());
  expect(rung).toBe(2);
  expect(world.statements).toEqual(["move 2", "ring 2"]);
  expect(world.idsRung()).toEqual(silent.map((row) => row.deliveryId));
  expect(world.bells.rung.every(({ again }) => again)).toBe(true);
});

test("does not ring for rows whose next bell could not be put off, or it would ring in a loop", async () => {
  const world = ringingOver(silentRows(1));
  vi.mocked(world.sweeping.moveRingOn).mockRejectedValue(new Outage("no answer"));
  await expect(ringSilent(world, newWindows())).rejects.toThrow("no answer");
  expect(world.bells.rung).toEqual([]);
});

test("asks for as many of each lane as its window has room for", async () => {
  const world = ringingOver([]);
  await ringSilent(world, newWindows());
  expect(world.sweeping.findSilent).toHaveBeenCalledWith(LANES.map((lane) => ({ lane, limit: FIRST_SIZE })));
});

test("rings for more only once earlier bells were heard", async () => {
  const world = ringingOver(silentRows(FIRST_SIZE + 300));
  const first = await ringSilent(world, newWindows());
  const ids = world.idsRung();
  for (const id of ids) world.unheard.add(id);
  const second = await ringSilent(world, first.windows);
  expect([first.rung, second.rung]).toEqual([FIRST_SIZE, 0]);
  for (const id of ids.slice(0, 100)) world.unheard.delete(id);
  expect((await ringSilent(world, second.windows)).rung).toBe(100);
  expect(new Set(world.idsRung()).size).toBe(FIRST_SIZE + 100);
});

test("names no more rows in one statement than it can bear", async () => {
  const world = ringingOver(silentRows(2_500));
  const windows: RingWindows = new Map([["sms", { size: 3_000, open: [] }]]);
  const { windows: open } = await ringSilent(world, windows);
  await ringSilent(world, open);
  expect(world.statements).toEqual([
    "move 1000",
    "move 1000",
    "move 500",
    "look at 1000",
    "look at 1000",
    "look at 500",
  ]);
});

test("rings for each row by a bell of its own, so that many consumers share the backlog of one enterprise", async () => {
  const enterpriseId = newId("ent");
  const world = ringingOver(silentRows(3).map((row) => ({ ...row, enterpriseId })));
  await ringSilent(world, newWindows());
  expect(world.bells.rung.map(({ deliveryIds }) => deliveryIds.length)).toEqual([1, 1, 1]);
});

test("counts what a queue did not take as rung in vain", async () => {
  const world = ringingOver(silentRows(1));
  world.bells.failure = new Error("Too Many Requests");
  const { windows } = await ringSilent(world, newWindows());
  expect(world.log.lines.map((line) => line.event)).toEqual(["bells_not_rung"]);
  expect(windows.get("sms")?.open).toHaveLength(1);
});
