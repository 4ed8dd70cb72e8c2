import { expect, test } from "vitest";
import { createBellGathering } from "../../../src/queue/bell-gathering.ts";
import { newId } from "../domain/builders.ts";

const CARRIED_WITHIN_MS = 100;

const aDue = () => ({ lane: "sms" as const, enterpriseId: newId("ent"), deliveryId: newId("dlv") });

test("the first to add carries the bells of all, until they are taken", () => {
  const gathering = createBellGathering(CARRIED_WITHIN_MS);
  const due = [aDue(), aDue(), aDue()];
  expect(gathering.add(due.slice(0, 1), 0)).toBe(true);
  expect(gathering.add(due.slice(1), 5)).toBe(false);
  expect(gathering.size()).toBe(3);
  expect(gathering.takeAll()).toEqual(due);
  expect(gathering.size()).toBe(0);
  expect(gathering.add([aDue()], 5)).toBe(true);
});

test("whatever is taken is taken once", () => {
  const gathering = createBellGathering(CARRIED_WITHIN_MS);
  gathering.add([aDue()], 0);
  gathering.takeAll();
  expect(gathering.takeAll()).toEqual([]);
});

test("what a carrier that went away has left is carried by the next one", () => {
  const gathering = createBellGathering(CARRIED_WITHIN_MS);
  const due = [aDue(), aDue()];
  gathering.add(due.slice(0, 1), 0);
  expect(gathering.add([], CARRIED_WITHIN_MS)).toBe(false);
  expect(gathering.add(due.slice(1), CARRIED_WITHIN_MS + 1)).toBe(true);
  expect(gathering.takeAll()).toEqual(due);
});
