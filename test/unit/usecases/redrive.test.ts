import { expect, test, vi } from "vitest";
import type { Redrivable } from "../../../src/db/redrive.ts";
import { AppError } from "../../../src/domain/app-error.ts";
import type { RedriveFilter, RedriveOrder } from "../../../src/domain/redrive.ts";
import { Outage } from "../../../src/domain/outage.ts";
import type { Services } from "../../../src/services.ts";
import { redrive } from "../../../src/usecases/redrive.ts";
import { newId } from "../domain/builders.ts";
import { fakeBells, fakeLog } from "./fakes.ts";

const FILTER: RedriveFilter = {
  state: "failed",
  enterpriseId: null,
  shipmentId: null,
  channelId: null,
  gatewayId: null,
  code: null,
  providerCode: null,
  settledFrom: 0,
  settledTo: null,
  maySendTwice: false,
};

const ORDER = { filter: FILTER, dryRun: false, expected: 10_000, perSecond: 1 } as const satisfies RedriveOrder;

const aRedrivable = (): Redrivable => ({
  enterpriseId: "ent",
  deliveryId: newId("dlv"),
  lane: "sms",
  attemptNo: 1,
  code: "rejected",
  expiresInMs: 24 * 3_600_000,
});

/** A database in which `found` can be redriven. `steps`: what was asked of it and of the queue, in order. */
function redrivingOver(found: Redrivable[], { matching = found.length, lastDueInMs = 0 } = {}) {
  const steps: string[] = [];
  const step = <T>(name: string, answer: T) =>
    vi.fn(async () => {
      steps.push(name);
      return answer;
    });
  const redriving: Services["redriving"] = {
    count: step("count", { matching, expired: 2 }),
    find: step("find", found),
    lastDueInMs: step("last due", lastDueInMs),
    log: step("log", undefined),
    redrive: step("redrive", found.length),
  };
  const bells = fakeBells();
  return { steps, redriving, bells, log: fakeLog() };
}

test("counts and does nothing else when it is only to count", async () => {
  const world = redrivingOver([aRedrivable()]);

  const result = await redrive(world, { filter: FILTER, dryRun: true });

  expect(result).toEqual({ kind: "counted", matching: 1, more: false, expired: 2, mayArriveTwice: false });
  expect(world.steps).toEqual(["count"]);
});

test("writes down who wanted it before anything moves, then rings", async () => {
  const found = [aRedrivable(), aRedrivable()];
  const world = redrivingOver(found, { matching: 5 });

  const result = await redrive(world, ORDER);

  expect(world.steps).toEqual(["count", "find", "last due", "log", "redrive"]);
  expect(result).toMatchObject({ redriven: 2, left: 3, lastDueMs: 1_000 });
  expect(world.bells.rung.map(({ again, deliveryIds, delayMs }) => [again, deliveryIds, delayMs])).toEqual([
    [true, [found[0]?.deliveryId], 0],
    [true, [found[1]?.deliveryId], 1_000],
  ]);
});

test("is bounded, however many there are", async () => {
  const world = redrivingOver([]);
  await redrive(world, ORDER);
  expect(world.redriving.find).toHaveBeenCalledWith(FILTER, 500);
});

test("does nothing when more match than the operator saw, or more than are counted", async () => {
  const more = redrivingOver([aRedrivable()], { matching: 4 });
  await expect(redrive(more, { ...ORDER, expected: 3 })).rejects.toThrow(AppError);

  const uncounted = redrivingOver([aRedrivable()], { matching: 10_001 });
  await expect(redrive(uncounted, ORDER)).rejects.toMatchObject({
    code: "more_than_expected",
    extras: { members: { matching: 10_000, more: true } },
  });

  expect([...more.steps, ...uncounted.steps]).toEqual(["count", "count"]);
});

test("rings at once only for those whose turn is near; the sweep rings for the others", async () => {
  const world = redrivingOver([aRedrivable(), aRedrivable()], { lastDueInMs: 598_000 });

  const result = await redrive(world, ORDER);

  expect(result).toMatchObject({ redriven: 2, lastDueMs: 600_000 });
  expect(world.bells.rung.map(({ delayMs }) => delayMs)).toEqual([599_000, 600_000]);
  const later = redrivingOver([aRedrivable()], { lastDueInMs: 600_000 });
  await redrive(later, ORDER);
  expect(later.bells.rung).toEqual([]);
});

test("moves nothing that could not be written down", async () => {
  const world = redrivingOver([aRedrivable()]);
  vi.spyOn(world.redriving, "log").mockRejectedValue(new Outage("no answer"));

  await expect(redrive(world, ORDER)).rejects.toThrow(Outage);

  expect(world.steps).toEqual(["count", "find", "last due"]);
  expect(world.bells.rung).toEqual([]);
});
