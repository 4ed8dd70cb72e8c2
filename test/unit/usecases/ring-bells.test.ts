import { expect, test, vi } from "vitest";
import { bellsFor } from "../../../src/domain/bell.ts";
import { ringBells } from "../../../src/usecases/ring-bells.ts";
import { newId } from "../domain/builders.ts";
import { fakeBells, fakeLog } from "./fakes.ts";

const someBells = () => bellsFor([{ lane: "sms", enterpriseId: newId("ent"), deliveryId: newId("dlv") }]);

test("bells are rung as they are", async () => {
  const world = { bells: fakeBells(), log: fakeLog() };
  const bells = someBells();
  await ringBells(world, bells);
  expect(world.bells.rung).toEqual(bells);
  expect(world.log.lines).toEqual([]);
});

test("bells that a queue does not take are logged and fail nothing, for their rows stand", async () => {
  const world = { bells: fakeBells(), log: fakeLog() };
  world.bells.failure = new Error("Too Many Requests");
  await ringBells(world, someBells());
  expect(world.log.lines).toEqual([{ event: "bells_not_rung", error: world.bells.failure, fields: { bells: 1 } }]);
});

test("no bells ask nothing of the queues", async () => {
  const world = { bells: fakeBells(), log: fakeLog() };
  const ring = vi.spyOn(world.bells, "ring");
  await ringBells(world, []);
  expect(ring).not.toHaveBeenCalled();
});
